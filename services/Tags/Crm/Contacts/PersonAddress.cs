using Crm.Common.V1;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>An address of a person on a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Text">The address as it was given.</param>
internal sealed record PersonAddress(Channel Channel, string Text)
{
    /// <summary>The form in which addresses are compared: equal for addresses that reach the same person.</summary>
    public string Key { get; } = Channel == Channel.Sms ? PhoneKey(Text) : Text.Trim().ToLowerInvariant();

    // As crm.phone_key.
    private static string PhoneKey(string phone) =>
        $"{(phone.TrimStart().StartsWith('+') ? "+" : "")}{string.Concat(phone.Where(char.IsAsciiDigit))}";
}
