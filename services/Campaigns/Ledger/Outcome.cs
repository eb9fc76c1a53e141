using TagSegments.Campaigns.Delivery;
using Reason = Crm.Campaigns.V1.Recipient.Types.Reason;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Ledger;

/// <summary>The outcome of the message of a recipient.</summary>
internal sealed record Outcome(BatchRecipient Recipient, State State, Reason Reason, string Detail, TimeSpan RetryAfter)
{
    /// <summary>The answer of the receiving side. A temporary refusal becomes another attempt, unless there were too many.</summary>
    public static Outcome Of(BatchRecipient recipient, HandoverResult result, DeliveryOptions options) => result.State switch
    {
        State.Deferred when recipient.Attempts + 1 >= options.MaxAttempts =>
            new(recipient, State.Failed, Reason.Expired, WithoutAddress(recipient, result), default),
        State.Deferred => new(recipient, State.Deferred, Reason.Unspecified, WithoutAddress(recipient, result), options.RetryPause(recipient.Attempts)),
        _ => new(recipient, result.State, result.Reason, WithoutAddress(recipient, result), default),
    };

    /// <summary>Left out before it could depart.</summary>
    public static Outcome Skipped(BatchRecipient recipient, Reason reason) => new(recipient, State.Skipped, reason, "", default);

    /// <summary>Departed, but was not handed over after all: it waits again, and the attempt does not count.</summary>
    public static Outcome Released(BatchRecipient recipient) => new(recipient, State.Pending, Reason.Unspecified, "", default);

    /// <summary>It is unknown whether the message arrived.</summary>
    public static Outcome Unknown(BatchRecipient recipient, string detail) =>
        new(recipient, State.Unknown, Reason.NoAnswer, detail, default);

    // Servers like to repeat the address. It has its own column, and neither answers nor the journal must keep it when it is erased there.
    private static string WithoutAddress(BatchRecipient recipient, HandoverResult result) => recipient.Address.Length == 0
        ? result.Detail
        : result.Detail.Replace(recipient.Address, "(address)", StringComparison.OrdinalIgnoreCase);
}
