namespace TagSegments.Embedded.Smtp;

/// <summary>The stages of a conversation at which the script is asked.</summary>
public enum SmtpStage
{
    /// <summary>A client has connected; nothing was sent yet.</summary>
    Connect,

    /// <summary>MAIL FROM was received.</summary>
    Mail,

    /// <summary>RCPT TO was received; the step's recipient is the one in question.</summary>
    Recipient,

    /// <summary>DATA was received.</summary>
    Data,

    /// <summary>The first part of the message was received.</summary>
    Body,

    /// <summary>The whole message was received and is not yet kept: a drop here loses it.</summary>
    EndOfData,

    /// <summary>The message is kept, but the client does not know it yet: a drop here leaves the client in doubt.</summary>
    Kept,
}

/// <summary>A step of a conversation, as the script sees it.</summary>
/// <param name="Stage">The stage of the conversation.</param>
/// <param name="Sender">The address of MAIL FROM; empty before it.</param>
/// <param name="Recipient">The current recipient, or the message's first one; empty before the first.</param>
/// <param name="Recipients">All recipients so far.</param>
public sealed record SmtpStep(SmtpStage Stage, string Sender, string Recipient, IReadOnlyList<string> Recipients);

/// <summary>What the server does at a step: wait, then continue, refuse, or cut the connection.</summary>
/// <param name="Code">The reply code of a refusal; 0 continues. After 421 the connection is closed.</param>
/// <param name="Text">The reply's text.</param>
/// <param name="Delay">How long to wait first.</param>
/// <param name="Drop">Cuts the connection without a reply.</param>
public readonly record struct SmtpReaction(int Code = 0, string Text = "", TimeSpan Delay = default, bool Drop = false)
{
    /// <summary>Continues as if there were no script.</summary>
    public static SmtpReaction Accept => default;

    /// <summary>Cuts the connection.</summary>
    public static SmtpReaction Cut { get; } = new(Drop: true);

    /// <summary>Refuses with a reply.</summary>
    public static SmtpReaction Refuse(int code, string text) => new(code, text);

    /// <summary>Continues after a delay.</summary>
    public static SmtpReaction Wait(TimeSpan delay) => new(Delay: delay);
}
