"""The team's face: everything behind the sign-in, one module for each subject."""

from flask import Flask

from widget.web.console.access import blueprint


def register(app: Flask) -> None:
    """Add the console's routes, module by module."""
    from widget.web.console import (  # noqa: F401 - importing adds the routes
        alerts,
        asking,
        audience_words,
        audiences,
        campaign_acts,
        campaign_page,
        campaign_plans,
        campaigns,
        dashboard,
        dashboard_why,
        deliveries,
        editor,
        email_page,
        embed_page,
        filters,
        follow_ups,
        invitations,
        keys,
        languages,
        leaderboards,
        mail,
        member_acts,
        member_imports,
        member_page,
        members,
        own_account,
        passwords,
        people,
        people_rules,
        preview,
        profile,
        profile_review,
        request_imports,
        requests,
        response_columns,
        response_thread,
        responses,
        responses_change,
        responses_export,
        reward_grants,
        rewards,
        saved_filters,
        score_words,
        set_aside,
        setup,
        sharing,
        sites,
        stream,
        subscriptions,
        surveys,
        teams,
        testimonials,
        unassigned,
        versions,
        why_words,
        workspace,
    )

    app.register_blueprint(blueprint)
