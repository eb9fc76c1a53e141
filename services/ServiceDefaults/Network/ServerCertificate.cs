using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// The certificate that the service shows: <c>Tls:Certificate</c> (PEM, with the certificates between it and its authority) and <c>Tls:Key</c>
/// (PEM). When the files change, the next connection gets the new one; connections that are open stay.
/// </summary>
internal sealed class ServerCertificate
{
    // The contents are compared: in a volume of Kubernetes, the times of the files do not change when the files do.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly ILogger _logger;
    private string _seen;
    private string? _problem;
    private long _lookedAt = Stopwatch.GetTimestamp();
    private SslStreamCertificateContext _current;

    private ServerCertificate(string certificateFile, string keyFile, ILogger logger)
    {
        (_certificateFile, _keyFile, _logger) = (certificateFile, keyFile, logger);
        var (certificate, key) = (File.ReadAllText(certificateFile), File.ReadAllText(keyFile));
        (_seen, _current) = (certificate + key, Read(certificate, key));
    }

    /// <summary>The certificate of now.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                if (Stopwatch.GetElapsedTime(_lookedAt) >= s_lookEvery)
                {
                    _lookedAt = Stopwatch.GetTimestamp();
                    ReadIfChanged();
                }

                return _current;
            }
        }
    }

    /// <summary>Reads the files that the settings name; null if they name none.</summary>
    public static ServerCertificate? From(IConfiguration configuration, ILogger logger)
    {
        var (certificate, key) = (configuration["Tls:Certificate"] ?? "", configuration["Tls:Key"] ?? "");
        if (certificate.Length == 0 && key.Length == 0)
        {
            return null;
        }

        if (certificate.Length == 0 || key.Length == 0)
        {
            throw new InvalidOperationException("Set both Tls:Certificate and Tls:Key, or none of them.");
        }

        try
        {
            return new ServerCertificate(certificate, key, logger);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new InvalidOperationException($"Tls:Certificate ({certificate}) and Tls:Key ({key}) are not a certificate and its key in PEM: {e.Message}", e);
        }
    }

    // While only one of two files is new, or one of them is missing, the former certificate stays.
    private void ReadIfChanged()
    {
        try
        {
            var (certificate, key) = (File.ReadAllText(_certificateFile), File.ReadAllText(_keyFile));
            if (certificate + key != _seen)
            {
                _seen = certificate + key;
                _current = Read(certificate, key);
                _problem = null;
                _logger.CertificateRenewed(_current.TargetCertificate.NotAfter);
            }
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            if (_problem != e.Message)
            {
                _problem = e.Message;
                _logger.CertificateUnusable(_certificateFile, e.Message);
            }
        }
    }

    private static SslStreamCertificateContext Read(string certificate, string key)
    {
        var own = X509Certificate2.CreateFromPem(certificate, key);
        var others = new X509Certificate2Collection();
        others.ImportFromPem(certificate);
        return SslStreamCertificateContext.Create(own, others, offline: true);
    }

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
