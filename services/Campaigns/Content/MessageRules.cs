using System.Text;
using Crm.Campaigns.V1;
using Crm.Common.V1;

namespace TagSegments.Campaigns.Content;

/// <summary>Checks what callers say about messages.</summary>
internal static class MessageRules
{
    /// <summary>Throws INVALID_ARGUMENT naming every field of a single message that is wrong.</summary>
    public static void Check(Message? message, Channel channel, CancellationToken ct)
    {
        var checks = new FieldChecks().Require(message is not null, "message", "is required");
        checks.ThrowIfAny();
        CheckMessage(message!, channel, "message", checks);
        CheckComplete(message!, channel, "message", checks);
        checks.ThrowIfAny();
        TemplateRenderer.CheckTemplates(message!, "message", new TemplateTime(ct));
    }

    /// <summary>Finds what is wrong with a message that is to be sent later: the name of each field, and why.</summary>
    public static IReadOnlyList<(string Field, string Description)> Problems(
        Message message, Channel channel, TemplateTime time, IReadOnlySet<string>? fields)
    {
        var checks = new FieldChecks().Require(Enum.IsDefined(channel), "channel", "is not a channel");
        CheckMessage(message, channel, "message", checks);
        CheckComplete(message, channel, "message", checks);
        return checks.Violations.Count > 0 ? checks.Violations
            : TemplateRenderer.ProblemOf(message, time, fields) is var (part, problem) ? [($"message.{part}", problem)]
            : [];
    }

    /// <summary>Checks the limits of a message or of a variant.</summary>
    public static void CheckMessage(Message message, Channel channel, string path, FieldChecks checks)
    {
        var email = channel == Channel.Email;
        checks
            .Require(IsMailbox(message.FromAddress), $"{path}.from_address", "is not an e-mail address")
            .Require(IsMailbox(message.ReplyTo), $"{path}.reply_to", "is not an e-mail address")
            .Require(message.FromName.Length <= 200 && !HasControls(message.FromName), $"{path}.from_name", "must be one line of at most 200 characters")
            .Require(message.Subject.Length <= 1_000 && !HasControls(message.Subject), $"{path}.subject", "must be one line of at most 1,000 characters")
            .Require(Encoding.UTF8.GetByteCount(message.Text) <= 65_536, $"{path}.text", "is larger than 65,536 bytes")
            .Require(Encoding.UTF8.GetByteCount(message.Html) <= 1_048_576, $"{path}.html", "is larger than 1,048,576 bytes")
            .Require(!message.Text.Contains('\0', StringComparison.Ordinal), $"{path}.text", "contains the character U+0000")
            .Require(!message.Html.Contains('\0', StringComparison.Ordinal), $"{path}.html", "contains the character U+0000")
            .Require(email || message.Html.Length + message.Subject.Length == 0, $"{path}.html", "and subject are for e-mail only");
    }

    /// <summary>Checks that a message has what it needs to be sent.</summary>
    public static void CheckComplete(Message message, Channel channel, string path, FieldChecks checks) => checks
        .Require(channel != Channel.Email || message.Subject.Trim().Length > 0, $"{path}.subject", "is required")
        .Require(message.Text.Length + message.Html.Length > 0, $"{path}.text", "is required");

    // The name of a sender must be readable for every mail server.
    private static bool IsMailbox(string address) =>
        address.Length == 0 || (EmailAddress.ToMailbox(address) is { } mailbox && System.Text.Ascii.IsValid(mailbox));

    private static bool HasControls(string text) => text.Any(char.IsControl);
}
