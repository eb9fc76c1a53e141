using TagSegments.Campaigns.Sending;

namespace TagSegments.Campaigns.Delivery;

/// <summary>Makes connections to the configured mail server and SMS provider.</summary>
internal sealed class Transports(
    IConfiguration configuration, DeliveryOptions delivery, TimeProvider time, ILogger<Transports> logger) : IDisposable
{
    private readonly SmtpOptions _smtp = configuration.GetSection("Smtp").Get<SmtpOptions>() ?? new SmtpOptions();
    private readonly SmsOptions _sms = configuration.GetSection("Sms").Get<SmsOptions>() ?? new SmsOptions();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public ITransport CreateSmtp() => new SmtpTransport(_smtp, delivery, logger);

    public ITransport CreateSms() => new SmsTransport(_http, _sms, delivery, time);

    public void Dispose() => _http.Dispose();
}
