using MailKit.Security;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.Campaigns.Delivery;

/// <summary>The mail server: section <c>Smtp</c> of the configuration.</summary>
internal sealed class SmtpOptions
{
    /// <summary>Its name. Defaults to 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Its port. Defaults to 25.</summary>
    public int Port { get; set; } = 25;

    /// <summary>
    /// <c>tls</c>, <c>starttls</c> or <c>none</c>. Defaults to <c>none</c> for the local machine and <c>starttls</c> for every other. The setting
    /// is a requirement: a server that does not offer it gets nothing.
    /// </summary>
    public string Security { get; set; } = "";

    /// <summary>
    /// A PEM file with the authority, or the certificate itself, that the server's certificate must come from, instead of the authorities that the
    /// machine trusts: for one's own mail servers.
    /// </summary>
    public string Authority { get; set; } = "";

    /// <summary>The user, if the server requires a login.</summary>
    public string User { get; set; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; set; } = "";

    /// <summary>How long the server may take for one answer. Defaults to 60 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many messages go over one connection. Defaults to 1,000.</summary>
    public int MessagesPerConnection { get; set; } = 1_000;

    /// <summary>
    /// <c>postmark</c> or <c>sparkpost</c> if the server is one of theirs: they replace the Message-ID, so messages also carry it as metadata, and
    /// reports about them lead back to the recipient.
    /// </summary>
    public string Provider { get; set; } = "";

    /// <summary>
    /// Whether plain messages bypass the slow parts of the mail library, see <c>FastPath/README.md</c>. Defaults to true; with false the
    /// library does everything.
    /// </summary>
    public bool FastPath { get; set; } = true;

    public SecureSocketOptions SocketOptions => MailEncryptions.Read("Smtp:Security", Security, Host) switch
    {
        MailEncryption.Tls => SecureSocketOptions.SslOnConnect,
        MailEncryption.StartTls => SecureSocketOptions.StartTls,
        MailEncryption.None => SecureSocketOptions.None,
    };
}
