using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Tests.Keys;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>
/// Findings 6 and 23 of the security review: tokens, mail and the data of people went over networks in clear text without a word. Every
/// connection to another machine is encrypted, or the configuration names it.
/// </summary>
public sealed class ClearTextTests
{
    [Theory]
    [InlineData("grpc", "Grpc:Address", "http://0.0.0.0:0")]
    [InlineData("http", "Http:Address", "http://10.0.0.7:80")]
    [InlineData("management", "Management:Address", "http://[::]:9090")]
    [InlineData("services", "Services:Tags", "http://tags:5101")]
    [InlineData("services", "Services:Segments", "dns:///segments:5102")]
    [InlineData("services", "Services:Campaigns", "http://10.0.0.7:5103")]
    [InlineData("services", "Services:Workflows", "http://workflows:5104")]
    [InlineData("postgres", "Postgres:ConnectionString", "Host=postgres;Username=a")]
    [InlineData("postgres", "Postgres:ConnectionString", "Host=127.0.0.1,postgres;Username=a")]
    [InlineData("postgres", "Postgres:ConnectionString", "Host=postgres;SSL Mode=Prefer")]
    [InlineData("postgres", "Postgres:ConnectionString", "Host=postgres;SSL Mode=Require")]
    [InlineData("postgres", "Postgres:OwnerConnectionString", "Host=postgres;Username=a")]
    [InlineData("postgres", "Postgres:AnotherConnectionString", "Host=postgres;Username=a")]
    [InlineData("redis", "Redis:ConnectionString", "redis:6379,password=a")]
    [InlineData("redis", "Redis:ConnectionString", "127.0.0.1:6379,redis:6379")]
    [InlineData("smtp", "Smtp:Security", "none")]
    [InlineData("sms", "Sms:Url", "http://sms.example.com/send")]
    [InlineData("links", "Tracking:BaseUrl", "http://links.example.com")]
    [InlineData("telemetry", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")]
    public void Clear_text_to_another_machine_stops_the_start_unless_it_is_named(string name, string setting, string value)
    {
        var settings = Settings((setting, value));

        var error = Assert.Throws<InvalidOperationException>(() => Start(settings));

        Assert.StartsWith(setting, error.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{name}\"", error.Message, StringComparison.Ordinal);
        Start(new(settings) { ["Network:ClearText"] = name });
        var others = string.Join(' ', s_names.Where(other => other != name));
        Assert.Throws<InvalidOperationException>(() => Start(new(settings) { ["Network:ClearText"] = others }));
    }

    [Theory]
    [InlineData("Grpc:Address", "http://127.0.0.1:0")]
    [InlineData("Http:Address", "http://localhost:80")]
    [InlineData("Management:Address", "http://[::1]:9090")]
    [InlineData("Services:Tags", "https://tags:5101")]
    [InlineData("Services:Segments", "dns:///localhost:5102")]
    [InlineData("Postgres:ConnectionString", "Host=127.0.0.1,[::1]:5433,localhost:5432;Username=a")]
    [InlineData("Postgres:ConnectionString", "Host=/var/run/postgresql;Username=a")]
    [InlineData("Postgres:ConnectionString", "Host=postgres;SSL Mode=VerifyFull")]
    [InlineData("Redis:ConnectionString", "redis:6379,ssl=true")]
    [InlineData("Redis:ConnectionString", "127.0.0.1:6379,[::1]:6380")]
    [InlineData("Redis:ConnectionString", "")]
    [InlineData("Smtp:Security", "")]
    [InlineData("Smtp:Security", "starttls")]
    [InlineData("Tracking:BaseUrl", "http://127.0.0.1:5180")]
    [InlineData("Sms:Url", "https://sms.example.com/send")]
    public void Encrypted_connections_and_those_of_the_machine_itself_are_started(string setting, string value) => Start(Settings((setting, value)));

    [Fact]
    public void A_name_that_is_none_stops_the_start()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Start(Settings(("Network:ClearText", "everything"))));

        Assert.Contains("\"everything\"", error.Message, StringComparison.Ordinal);
    }

    private static readonly string[] s_names =
        ["grpc", "http", "management", "services", "postgres", "redis", "smtp", "sms", "links", "telemetry"];

    private static Dictionary<string, string?> Settings((string Setting, string Value) tested) => new()
    {
        ["Auth:Mode"] = "off",
        ["Auth:AllowOpenNetwork"] = "true",
        ["Keys:Tokens"] = Rings.New(1),
        ["Smtp:Host"] = "mail.example.com",
        [tested.Setting] = tested.Value,
    };

    private static void Start(Dictionary<string, string?> settings) => ServiceHost.CreateBuilder("test", 0, [], settings);
}
