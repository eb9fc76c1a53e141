using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Team;

/// <summary>The link by which people confirm that their address is one of a team, over HTTP: <c>/t/</c>.</summary>
internal static class TeamEndpoints
{
    public static void MapTeam(this IEndpointRouteBuilder app)
    {
        app.MapGet("/t/{token}", (string token, TrackingTokens tokens) =>
            tokens.Read(TokenPurpose.Confirm, token) is null ? Results.NotFound() : LinkPage.Ask(
                "Confirm your address", "Do you want to get test messages and notices at this address?", "Confirm")).AllowAnonymous();
        app.MapPost("/t/{token}", ConfirmAsync).AllowAnonymous();
    }

    // Mail scanners follow every link, so only a POST acts.
    private static async Task<IResult> ConfirmAsync(
        string token, TrackingTokens tokens, TrackingLimits limits, TeamAddressStore addresses, CancellationToken ct)
    {
        if (tokens.Read(TokenPurpose.Confirm, token) is not { } target || limits.IsErased(target.AccountId))
        {
            return Results.NotFound();
        }

        if (!limits.MayAct(target))
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        return await addresses.ConfirmAsync(target.AccountId, target.CampaignId, ct)
            ? LinkPage.Say("Confirmed", "Test messages and notices can be sent to this address. Each has a link to stop them.")
            : Results.NotFound();
    }
}
