namespace TagSegments.ServiceDefaults.Network;

/// <summary>How a connection to a mail server is encrypted. It is a requirement: a server that does not offer it gets nothing.</summary>
public enum MailEncryption
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By STARTTLS, before anything else is sent.</summary>
    StartTls,

    /// <summary>From the first byte.</summary>
    Tls,
}

/// <summary>Reads the setting <c>Security</c> of a mail server.</summary>
public static class MailEncryptions
{
    /// <summary>
    /// Reads <c>tls</c>, <c>starttls</c> or <c>none</c>; without a value it is <c>none</c> for the local machine and <c>starttls</c> for every other.
    /// </summary>
    public static MailEncryption Read(string setting, string? value, string host) => value switch
    {
        "tls" => MailEncryption.Tls,
        "starttls" => MailEncryption.StartTls,
        "none" => MailEncryption.None,
        null or "" => ClearText.IsThisMachine(host) ? MailEncryption.None : MailEncryption.StartTls,
        _ => throw new InvalidOperationException($"{setting} is \"{value}\"; use tls, starttls or none."),
    };
}
