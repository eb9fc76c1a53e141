using Crm.Accounts.V1;
using TagSegments.Testing;
using TagSegments.Testing.Tls;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Tests;

/// <summary>The addresses of the services as the manifests give them: names that lead to replicas, in clear text and with a certificate.</summary>
public sealed class AddressTests
{
    [Fact]
    public async Task The_console_calls_services_by_the_names_of_a_cluster()
    {
        await using var apps = await TestApps.StartAsync(new() { Services = [Service.Tags] });

        await RequireAnswerAsync(new($"dns:///localhost:{PortOf(apps)}"), null);
    }

    [Fact]
    public async Task The_console_calls_services_by_their_names_over_TLS()
    {
        using var authority = new TestAuthority();
        await using var apps = await TestApps.StartAsync(new() { Services = [Service.Tags], Authority = authority });

        await RequireAnswerAsync(new($"https://localhost:{PortOf(apps)}"), authority.CertificateFile);
    }

    private static int PortOf(TestApps apps) => new Uri(apps.GrpcAddress(Service.Tags)).Port;

    private static async Task RequireAnswerAsync(Uri tags, string? authority)
    {
        using var services = new Services(new(tags, tags, tags, tags, authority));

        await services.Accounts.CreateAccountAsync(new CreateAccountRequest { Account = "acme" }, deadline: Eventually.Deadline);
    }
}
