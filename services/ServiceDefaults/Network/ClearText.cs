using System.Net;
using Microsoft.Extensions.Configuration;
using Npgsql;
using StackExchange.Redis;

namespace TagSegments.ServiceDefaults.Network;

/// <summary>
/// Stops the start of a service that would exchange clear text with other machines, unless <c>Network:ClearText</c> names the connection. The
/// setting lists names between spaces; it is for networks that are closed or encrypt by themselves.
/// </summary>
public static class ClearText
{
    private static readonly string[] s_names =
        ["grpc", "http", "management", "services", "postgres", "redis", "smtp", "sms", "links", "telemetry"];

    /// <summary>Checks every address of the configuration.</summary>
    public static void Refuse(IConfiguration configuration)
    {
        var allowed = (configuration["Network:ClearText"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (allowed.FirstOrDefault(name => !s_names.Contains(name)) is { } unknown)
        {
            throw new InvalidOperationException($"Network:ClearText has \"{unknown}\". There are: {string.Join(", ", s_names)}.");
        }

        if (Connections(configuration).FirstOrDefault(connection => connection.IsClear && !allowed.Contains(connection.Name)) is { } clear)
        {
            throw new InvalidOperationException(
                $"{clear.Setting} lets clear text pass between machines. {clear.Remedy}, or add \"{clear.Name}\" to Network:ClearText if the network itself is safe.");
        }
    }

    /// <summary>Returns whether a host is this machine: a loopback address, or the folder of a Unix socket.</summary>
    public static bool IsThisMachine(string host) =>
        host == "localhost" || host.StartsWith('/') || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static IEnumerable<Connection> Connections(IConfiguration configuration)
    {
        const string withCertificate = "Begin it with https and set Tls:Certificate and Tls:Key";
        const string https = "Begin it with https";
        return
        [
            Url("grpc", "Grpc:Address", withCertificate),
            Url("http", "Http:Address", withCertificate),
            Url("management", "Management:Address", withCertificate),
            Url("services", "Services:Tags", https),
            Url("services", "Services:Segments", https),
            Url("services", "Services:Campaigns", https),
            Url("services", "Services:Workflows", https),
            .. configuration.GetSection("Postgres").GetChildren().Where(setting => setting.Key.EndsWith("ConnectionString", StringComparison.Ordinal)).Select(Postgres),
            new("redis", "Redis:ConnectionString", IsClearRedis(configuration["Redis:ConnectionString"]), "Add ssl=true"),
            Mail("smtp", "Smtp:Security", configuration["Smtp:Host"]),
            Url("sms", "Sms:Url", https),
            Url("links", "Tracking:BaseUrl", https),
            Url("telemetry", "OTEL_EXPORTER_OTLP_ENDPOINT", https),
        ];

        Connection Url(string name, string setting, string remedy) => new(name, setting, IsClearUrl(configuration[setting]), remedy);

        static Connection Postgres(IConfigurationSection setting) =>
            new("postgres", setting.Path, IsClearDatabase(setting.Value), "Add SSL Mode=VerifyFull");

        Connection Mail(string name, string setting, string? host) => new(
            name,
            setting,
            host is not null && !IsThisMachine(host) && MailEncryptions.Read(setting, configuration[setting], host) == MailEncryption.None,
            "Set it to tls or starttls");
    }

    // dns:///tags:5101 has its host in the path.
    private static bool IsClearUrl(string? address) =>
        !string.IsNullOrEmpty(address) && new Uri(address) is var uri && uri.Scheme != Uri.UriSchemeHttps
        && !IsThisMachine(uri.Scheme == "dns" ? uri.AbsolutePath.TrimStart('/').Split(':')[0] : uri.Host);

    // A server whose certificate is not checked may be anybody.
    private static bool IsClearDatabase(string? connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString ?? "");
        return settings.SslMode is not (SslMode.VerifyFull or SslMode.VerifyCA) && !(settings.Host ?? "localhost").Split(',').All(IsThisMachineAndPort);
    }

    private static bool IsClearRedis(string? connectionString) =>
        !string.IsNullOrEmpty(connectionString) && ConfigurationOptions.Parse(connectionString) is { Ssl: false } settings
        && settings.EndPoints.Any(endpoint => !IsThisMachine(endpoint switch
        {
            DnsEndPoint name => name.Host,
            IPEndPoint ip => ip.Address.ToString(),
            _ => endpoint.ToString() ?? "",
        }));

    // Npgsql takes a list of host:port.
    private static bool IsThisMachineAndPort(string host) => IsThisMachine(host) || IsThisMachine(host[..Math.Max(host.LastIndexOf(':'), 0)]);

    private sealed record Connection(string Name, string Setting, bool IsClear, string Remedy);
}
