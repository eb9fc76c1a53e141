using System.Globalization;
using TagSegments.Embedded;
using TagSegments.Testing.Auth;

namespace TagSegments.Testing;

public sealed partial class TestApps
{
    private Dictionary<string, string?> SettingsOf(Service service)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Grpc:Address"] = GrpcAddress(service),
            ["Http:Address"] = HttpAddress(service),
            ["Management:Address"] = ManagementAddress(service),
            ["Postgres:ConnectionString"] = Database.RoleConnectionString(service.ToString().ToLowerInvariant()),
            ["Postgres:WorkConnectionString"] = Database.RoleConnectionString($"{service.ToString().ToLowerInvariant()}_work"),
            ["Redis:ConnectionString"] = RedisConnectionString,
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = Smtp.Port.ToString(CultureInfo.InvariantCulture),
            ["Smtp:Security"] = "none",
            ["Senders:Trust"] = "loopback",
            // Nobody answers there: tests ask no name server but their own.
            ["Senders:NameServers:0"] = "127.0.0.1:9",
            ["Delivery:JournalFolder"] = _folder,
            ["Keys:Links"] = s_ring,
            ["Keys:Tokens"] = s_ring,
            ["Keys:Secrets"] = s_ring,
            ["Auth:Mode"] = "off",
            ["Logging:Level"] = "Warning",
        };
        foreach (var other in Enum.GetValues<Service>())
        {
            // With TLS by name, so that clients check it and look its addresses up.
            settings[$"Services:{other}"] = _certificate is null ? GrpcAddress(other) : $"https://localhost:{_ports[other].Grpc}";
        }

        if (_options.TraceFile is { } traces && service == _options.Services.First())
        {
            settings["Telemetry:TraceFile"] = traces;
        }

        if (_certificate is { } files)
        {
            (settings["Tls:Certificate"], settings["Tls:Key"]) = files;
            settings["Tls:Authority"] = _options.Authority!.CertificateFile;
        }

        foreach (var (key, value) in ServiceKeyPairs.Settings(service).Concat(_options.Settings))
        {
            settings[key] = value;
        }

        return settings;
    }

    // Services name each other's addresses at their start, so all ports are known before the first one starts.
    private void ChoosePorts()
    {
        var services = Enum.GetValues<Service>();
        var free = FreePorts.Next(3 * services.Length);
        foreach (var service in services)
        {
            var first = 3 * (int)service;
            _ports[service] = (free[first], free[first + 1], free[first + 2]);
        }
    }
}
