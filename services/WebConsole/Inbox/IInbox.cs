namespace TagSegments.WebConsole.Inbox;

/// <summary>
/// The messages that a development mail server has taken and delivers to nobody. Only Standalone has one; it holds the mail of all accounts.
/// </summary>
public interface IInbox
{
    /// <summary>Lists the latest messages, newest first: all, or those to one address.</summary>
    IReadOnlyList<InboxMessage> Latest(string? address, int most);

    /// <summary>Gets a message; null if there is none of this number, or no longer.</summary>
    InboxMessage? Find(long number);
}

/// <summary>A message as its reader gets it.</summary>
/// <param name="Number">Its number, from 1, in the order of arrival.</param>
/// <param name="From">The sender, with its name.</param>
/// <param name="To">The recipient.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Text">The text part; empty without one.</param>
/// <param name="Html">The HTML part; empty without one.</param>
/// <param name="Time">When it was sent.</param>
public sealed record InboxMessage(long Number, string From, string To, string Subject, string Text, string Html, DateTimeOffset Time);
