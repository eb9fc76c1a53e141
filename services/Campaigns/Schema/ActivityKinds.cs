namespace TagSegments.Campaigns.Schema;

/// <summary>The kinds of activities as SQL has them: the numbers of <see cref="Crm.Activity.V1.Activity.Types.Kind"/>.</summary>
internal static class ActivityKinds
{
    public const string Sent = "1";
    public const string Delivered = "2";
    public const string Opened = "3";
    public const string Clicked = "4";
    public const string Bounced = "5";
    public const string Replied = "6";
    public const string Unsubscribed = "7";
    public const string Complained = "8";
    public const string Custom = "9";

    /// <summary>The contact as whose message's an activity counts: the one that the message went to, also if it has been merged since.</summary>
    public const string Recipient = "(COALESCE(recipient_id, contact_id))";

    /// <summary>The kinds that a machine can cause as well as a person.</summary>
    public const string OpenedOrClicked = $"({Opened}, {Clicked})";
}
