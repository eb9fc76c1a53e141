using Crm.Accounts.V1;
using Crm.Errors.V1;
using Dapper;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed class TestAppsTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData(Service.Tags)]
    [InlineData(Service.Segments)]
    [InlineData(Service.Campaigns)]
    [InlineData(Service.Workflows)]
    public async Task Every_service_answers_the_health_check(Service service)
    {
        var health = new Health.HealthClient(shared.Apps.Channel(service));

        var reply = await health.CheckAsync(new HealthCheckRequest());

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Status);
    }

    [Theory]
    [InlineData("tags", "campaigns.suppression")]
    [InlineData("segments", "tags.tag_chunk")]
    [InlineData("campaigns", "crm.contact")]
    [InlineData("workflows", "crm.contact")]
    public async Task A_role_cannot_read_tables_of_another_service(string role, string table)
    {
        await using var connection = new NpgsqlConnection(shared.Apps.Database.RoleConnectionString(role));

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync($"SELECT FROM {table}"));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task A_client_with_a_dns_address_reaches_the_service()
    {
        var tags = new Uri(shared.Apps.GrpcAddress(Service.Tags));
        var builder = ServiceHost.CreateBuilder("probe", 0, [], new Dictionary<string, string?>
        {
            ["Services:Tags"] = $"dns:///localhost:{tags.Port}",
            ["Auth:Mode"] = "off",
        });
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags");
        await using var app = builder.Build();
        var accounts = app.Services.GetRequiredService<AccountService.AccountServiceClient>();

        await Expect.FailureAsync(
            StatusCode.NotFound, ErrorReason.AccountNotFound, async () => await accounts.GetAccountAsync(new GetAccountRequest { Account = "nobody" }));
    }

    [Fact]
    public async Task Two_databases_do_not_see_each_other()
    {
        var postgres = await PostgresFixture.SharedAsync();
        await using var one = await postgres.CreateDatabaseAsync();
        await using var other = await postgres.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(one.OwnerConnectionString);
        await using var second = new NpgsqlConnection(other.OwnerConnectionString);

        await connection.ExecuteAsync("INSERT INTO crm.account (name) VALUES ('first')");

        Assert.Equal(1, await connection.ExecuteScalarAsync<int>("SELECT count(*)::int FROM crm.account"));
        Assert.Equal(0, await second.ExecuteScalarAsync<int>("SELECT count(*)::int FROM crm.account"));
    }
}
