using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using TagSegments.Campaigns.Webhooks;
using TagSegments.ServiceDefaults.Memory;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>Amazon SNS as the tests need it: an authority, certificates, messages that it signs, and the places where it has them.</summary>
internal sealed class SnsWorld : IHttpClientFactory, IDisposable
{
    public const string Topic = "arn:aws:sns:eu-west-1:123456789012:ses-events";
    public const string CertificateUrl = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abc.pem";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _authority;
    private readonly string _authorityFile = Path.GetTempFileName();
    private readonly MemoryBudget _memory = new(1_000_000, TimeSpan.FromMinutes(1), TimeProvider.System);

    public SnsWorld()
    {
        using var key = RSA.Create(2048);
        _authority = NewAuthority(key);
        File.WriteAllText(_authorityFile, _authority.ExportCertificatePem());
        Served[CertificateUrl] = Certificate("sns.amazonaws.com", _authority).ExportCertificatePem();
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>What Amazon answers, by address.</summary>
    public Dictionary<string, string> Served { get; } = [];

    /// <summary>What was fetched.</summary>
    public List<string> Fetched { get; } = [];

    public SnsMessages Messages() => new(
        new SnsCertificates(this, new WebhookOptions { SnsAuthority = _authorityFile }, _memory, Time), this, Time);

    /// <summary>A certificate for the key that signs.</summary>
    public X509Certificate2 Certificate(string host, X509Certificate2? authority, int daysLeft = 30)
    {
        var request = new CertificateRequest($"CN={host}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-60), DateTimeOffset.UtcNow.AddDays(daysLeft));
        return authority is null ? request.CreateSelfSigned(from, to) : request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
    }

    public X509Certificate2 TrustedAuthority => _authority;

    /// <summary>The fields of a sound notification, not signed yet.</summary>
    public Dictionary<string, string> Notification(string text = "{}") => new()
    {
        ["Type"] = "Notification",
        ["MessageId"] = Guid.NewGuid().ToString(),
        ["TopicArn"] = Topic,
        ["Message"] = text,
        ["Timestamp"] = Stamp(Time.GetUtcNow()),
        ["SignatureVersion"] = "2",
        ["SigningCertURL"] = CertificateUrl,
    };

    /// <summary>The fields of a sound confirmation, not signed yet.</summary>
    public Dictionary<string, string> Confirmation(string type = "SubscriptionConfirmation") => new(Notification("You have chosen to subscribe"))
    {
        ["Type"] = type,
        ["Token"] = "2336412f37",
        ["SubscribeURL"] = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=2336412f37",
    };

    /// <summary>Signs fields as Amazon does, or a text that was made by other rules.</summary>
    public byte[] Sign(Dictionary<string, string> fields, string? text = null, HashAlgorithmName? hash = null)
    {
        var signed = Encoding.UTF8.GetBytes(text ?? SnsMessages.TextToSign(fields) ?? "");
        fields["Signature"] = Convert.ToBase64String(_key.SignData(signed, hash ?? HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return JsonSerializer.SerializeToUtf8Bytes(fields);
    }

    public static string Stamp(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static X509Certificate2 NewAuthority(RSA key)
    {
        var request = new CertificateRequest("CN=An authority of the tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-90), DateTimeOffset.UtcNow.AddDays(90));
    }

    HttpClient IHttpClientFactory.CreateClient(string name) => new(new Handler(this));

    public void Dispose()
    {
        File.Delete(_authorityFile);
        _memory.Dispose();
        _authority.Dispose();
        _key.Dispose();
    }

    private sealed class Handler(SnsWorld world) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var url = request.RequestUri!.ToString();
            world.Fetched.Add(url);
            return Task.FromResult(world.Served.TryGetValue(url, out var text)
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) }
                : new HttpResponseMessage(HttpStatusCode.NotFound));
        }
    }
}
