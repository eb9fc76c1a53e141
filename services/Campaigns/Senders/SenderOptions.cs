using TagSegments.Campaigns.Delivery;
using TagSegments.ServiceDefaults.Network;

namespace TagSegments.Campaigns.Senders;

/// <summary>What accounts are believed about senders and team addresses: section <c>Senders</c> of the configuration.</summary>
internal sealed class SenderOptions
{
    /// <summary>
    /// <c>loopback</c> believes every sender and team address, and refuses a mail server that is not on the local machine: for servers that deliver
    /// nothing. <c>always</c> does so at any mail server. Defaults to neither: accounts verify their domains, people confirm their addresses.
    /// </summary>
    public string Trust { get; set; } = "";

    /// <summary>Whether accounts may send as <c>Smtp:From</c>, the address of the installation, which needs no proof then. Defaults to false.</summary>
    public bool SharedFrom { get; set; }

    /// <summary>The DNS servers to ask, each an address or <c>address:port</c>. Defaults to those of the machine.</summary>
    public string[] NameServers { get; set; } = [];

    /// <summary>How long the DNS may take for one answer. Defaults to 3 seconds.</summary>
    public TimeSpan LookupTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often verified domains are looked at again. Defaults to a day.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a domain stays verified while its record is missing. Defaults to 7 days.</summary>
    public TimeSpan MissingFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Whether accounts are believed without proof.</summary>
    public bool NeedsNoProof => Trust.Length > 0;

    /// <summary>Reads the section; throws if what it says does not fit the mail server.</summary>
    public static SenderOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection("Senders").Get<SenderOptions>() ?? new SenderOptions();
        var host = (configuration.GetSection("Smtp").Get<SmtpOptions>() ?? new SmtpOptions()).Host;
        return options.Trust switch
        {
            "" or "always" => options,
            "loopback" when ClearText.IsThisMachine(host) => options,
            "loopback" => throw new InvalidOperationException(
                $"Senders:Trust=loopback is for mail servers of this machine, but Smtp:Host is {host}. Let accounts verify their domains, or set Senders:Trust=always if the server delivers nothing."),
            _ => throw new InvalidOperationException($"Senders:Trust is \"{options.Trust}\"; use loopback or always, or leave it out."),
        };
    }
}
