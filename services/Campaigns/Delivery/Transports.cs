using Crm.Common.V1;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Makes connections to the configured mail server and SMS provider.</summary>
internal sealed class Transports(
    IConfiguration configuration, DeliveryOptions delivery, TimeProvider time, ILogger<Transports> logger) : IDisposable
{
    private readonly SmtpOptions _smtp = Options(configuration);
    private readonly MailServerWatch _watch = new(Options(configuration), time, logger);
    private readonly SmsOptions _sms = configuration.GetSection("Sms").Get<SmsOptions>() ?? new SmsOptions();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes a connection for a channel; <paramref name="waiting"/> counts the messages that wait for one.</summary>
    public ITransport Create(Channel channel, Func<int> waiting) => channel == Channel.Sms
        ? new SmsTransport(_http, _sms, delivery, time)
        : new SmtpTransport(_smtp, delivery, _watch, waiting);

    public void Dispose() => _http.Dispose();

    private static SmtpOptions Options(IConfiguration configuration) => configuration.GetSection("Smtp").Get<SmtpOptions>() ?? new SmtpOptions();
}
