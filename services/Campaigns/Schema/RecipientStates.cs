namespace TagSegments.Campaigns.Schema;

/// <summary>The states of recipients as SQL has them: the numbers of <see cref="Crm.Campaigns.V1.Recipient.Types.State"/>.</summary>
internal static class RecipientStates
{
    public const string Pending = "1";
    public const string Claimed = "2";
    public const string Sending = "3";
    public const string Accepted = "4";
    public const string Failed = "5";
    public const string Deferred = "6";
    public const string Skipped = "7";
    public const string Unknown = "8";

    /// <summary>The states in which a message waits for its first or next attempt.</summary>
    public const string Waiting = $"({Pending}, {Deferred})";

    /// <summary>The states that are not the end.</summary>
    public const string Unfinished = $"({Pending}, {Sending}, {Deferred})";
}
