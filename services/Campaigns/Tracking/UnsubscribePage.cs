namespace TagSegments.Campaigns.Tracking;

/// <summary>The pages that people see when they unsubscribe.</summary>
internal static class UnsubscribePage
{
    public static IResult Ask() => LinkPage.Ask("Unsubscribe", "Do you want to stop getting these messages?", "Unsubscribe");

    public static IResult Done() => LinkPage.Say("Unsubscribed", "You will get no more of these messages.");

    // The address may come back as that of another contact, so it promises nothing about the address.
    public static IResult Erased() => LinkPage.Say(
        "Erased", "What was stored about the receiver of this message has been erased. Nothing is sent because of it any more.");

    public static IResult Outdated() => LinkPage.Say(
        "Not unsubscribed",
        "You have subscribed again since this message. To unsubscribe, please use the link in a newer message.",
        StatusCodes.Status410Gone);
}
