using Crm.Campaigns.V1;
using TagSegments.Campaigns.Delivery;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Ledger;

/// <summary>What became of a message that a sender held.</summary>
internal sealed record Outcome(Claim Claim, State State, Recipient.Types.Reason Reason, string Detail, TimeSpan RetryAfter)
{
    private const int MaxDetail = 400;

    public static Outcome Accepted(Claim claim, string detail) => new(claim, State.Accepted, 0, Short(detail), default);

    public static Outcome Failed(Claim claim, Recipient.Types.Reason reason, string detail) =>
        new(claim, State.Failed, reason, Short(detail), default);

    /// <summary>Left out before it could depart.</summary>
    public static Outcome Skipped(Claim claim, Recipient.Types.Reason reason) => new(claim, State.Skipped, reason, "", default);

    public static Outcome Unknown(Claim claim, string detail) => new(claim, State.Unknown, Recipient.Types.Reason.NoAnswer, Short(detail), default);

    /// <summary>Departed, but was not handed over after all: it waits again, and the attempt does not count.</summary>
    public static Outcome Released(Claim claim) => new(claim, State.Pending, 0, "", default);

    /// <summary>Refused for now: another attempt follows, unless there were too many.</summary>
    public static Outcome Deferred(Claim claim, string detail, DeliveryOptions options) => claim.Attempts + 1 >= options.MaxAttempts
        ? Failed(claim, Recipient.Types.Reason.Expired, detail)
        : new(claim, State.Deferred, 0, Short(detail), options.RetryPause(claim.Attempts));

    // What a server answers is foreign text: one line, and not too much of it.
    private static string Short(string detail)
    {
        var line = string.Concat(detail.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MaxDetail ? line : line[..MaxDetail];
    }
}
