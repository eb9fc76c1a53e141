using Crm.Common.V1;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>An address of a person on a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Text">The address as it was given.</param>
internal sealed record PersonAddress(Channel Channel, string Text)
{
    /// <summary>The form in which addresses are compared: equal for addresses that reach the same person.</summary>
    public string Key { get; } = Address.Key(Channel, Text);

    /// <summary>The keys under which the address may have been kept: the present one and the one of former versions, which only lowered the case.</summary>
    public IEnumerable<string> AllKeys => new[] { Key, Channel == Channel.Sms ? PhoneNumber.Plain(Text) : Text.Trim().ToLowerInvariant() }.Distinct();
}
