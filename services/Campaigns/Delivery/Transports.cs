using Crm.Common.V1;
using TagSegments.ServiceDefaults.Egress;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Makes connections to the configured mail server and SMS provider.</summary>
internal sealed class Transports(
    IConfiguration configuration, EgressClient egress, DeliveryOptions delivery, TimeProvider time, ILogger<Transports> logger)
{
    private readonly SmtpOptions _smtp = Options(configuration);
    private readonly MailServerWatch _watch = new(Options(configuration), time, logger);
    private readonly SmsOptions _sms = configuration.GetSection("Sms").Get<SmsOptions>() ?? new SmsOptions();

    /// <summary>Makes a connection for a channel; <paramref name="waiting"/> counts the messages that wait for one.</summary>
    public ITransport Create(Channel channel, Func<int> waiting) => channel == Channel.Sms
        ? new SmsTransport(egress, _sms, delivery, time)
        : new SmtpTransport(_smtp, delivery, _watch, waiting);

    private static SmtpOptions Options(IConfiguration configuration) => configuration.GetSection("Smtp").Get<SmtpOptions>() ?? new SmtpOptions();
}
