using Crm.Common.V1;

namespace TagSegments.Addresses;

/// <summary>Addresses of people on any channel, and the one form in which they are compared.</summary>
public static class Address
{
    /// <summary>Not set reads as e-mail.</summary>
    public static Channel OrEmail(this Channel channel) => channel == Channel.Unspecified ? Channel.Email : channel;

    /// <summary>
    /// Gets the form in which an address is stored for comparison: equal for addresses that reach the same person. The key of a key is itself.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="address">The address as it was written.</param>
    /// <param name="country">The country of phone numbers without a country code, as two letters of ISO 3166; empty if none is known.</param>
    public static string Key(Channel channel, string address, string country = "") =>
        channel == Channel.Sms ? PhoneNumber.Key(address, country) : EmailAddress.Key(address);

    /// <summary>Returns true if a message can be sent to an address at all.</summary>
    public static bool IsValid(Channel channel, string address) =>
        channel == Channel.Sms ? PhoneNumber.IsValid(address) : EmailAddress.ToMailbox(address) is not null;

    /// <summary>Returns true if mail to an address needs a server with SMTPUTF8 (RFC 6531).</summary>
    public static bool NeedsSmtpUtf8(Channel channel, string address) =>
        channel != Channel.Sms && !System.Text.Ascii.IsValid(address) && EmailAddress.ToMailbox(address) is { } mailbox
        && !System.Text.Ascii.IsValid(mailbox);
}
