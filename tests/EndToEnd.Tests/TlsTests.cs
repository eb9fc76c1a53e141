using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TagSegments.Cli;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Network;
using TagSegments.Testing;
using TagSegments.Testing.Tls;

namespace TagSegments.EndToEnd.Tests;

/// <summary>Finding 6 of the security review: what exchanges data does so encrypted, and only with servers of an authority that it knows.</summary>
public sealed class TlsTests : IAsyncLifetime, IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _unknown = new();
    private TestApps _apps = null!;

    public async Task InitializeAsync() => _apps = await TestApps.StartAsync(new() { Authority = _authority });

    public async Task DisposeAsync() => await _apps.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _unknown.Dispose();
    }

    [Fact]
    public async Task Every_service_is_believed_by_who_knows_its_authority_and_by_nobody_else()
    {
        foreach (var service in Enum.GetValues<Service>())
        {
            Assert.True(await Trust.ExistsAsync(_apps.GrpcAddress(service), _authority));
            Assert.False(await Trust.ExistsAsync(_apps.GrpcAddress(service), _unknown));
            Assert.False(await Trust.ExistsAsync(_apps.GrpcAddress(service), authority: null));
            using var client = new HttpClient(_apps.NewHandler());
            Assert.Equal("Healthy", await client.GetStringAsync($"{_apps.ManagementAddress(service)}/readyz"));
        }
    }

    [Theory]
    [InlineData("https://localhost")]
    [InlineData("https://127.0.0.1")]
    public async Task A_service_calls_only_services_of_an_authority_that_it_knows(string host)
    {
        var address = $"{host}:{new Uri(_apps.GrpcAddress(Service.Tags)).Port}";

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.AccountNotFound, () => CallAsync(address, _authority));
        await Expect.FailureAsync(StatusCode.Unavailable, ErrorReason.ServiceNotTrusted, () => CallAsync(address, _unknown));
    }

    [Fact]
    public async Task The_command_line_believes_the_authority_that_it_is_given()
    {
        Assert.Equal(ExitCode.Done, (await RunAsync("--ca", _authority.CertificateFile)).Code);
        var refused = await RunAsync("--ca", _unknown.CertificateFile);
        Assert.Equal(ExitCode.Unreachable, refused.Code);
        Assert.Contains("A service cannot be trusted", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unreachable, (await RunAsync()).Code);
        var missing = await RunAsync("--ca", "missing.pem");
        Assert.Contains("--ca missing.pem cannot be read", missing.Error, StringComparison.Ordinal);

        Task<CliResult> RunAsync(params string[] options) => new Cli(_apps).RunAsync(["accounts", "list", .. options]);
    }

    [Fact]
    public async Task A_database_is_used_only_encrypted_and_if_its_authority_is_known()
    {
        await using var postgres = await TlsPostgres.StartAsync(_authority);

        Assert.Equal(1, await AskAsync(postgres.ConnectionString(_authority)));
        await Assert.ThrowsAsync<NpgsqlException>(() => AskAsync(postgres.ConnectionString(_unknown)));
        await Assert.ThrowsAsync<PostgresException>(() => AskAsync(postgres.ClearConnectionString));

        static async Task<int> AskAsync(string connectionString)
        {
            await using var database = NpgsqlDataSource.Create(connectionString);
            await using var command = database.CreateCommand("SELECT 1");
            return (int)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task A_Redis_is_used_only_if_its_authority_is_known()
    {
        await using var redis = await TlsRedis.StartAsync(_authority);
        await using var known = await OpenAsync(_authority);
        await using var unknown = await OpenAsync(_unknown);

        await Eventually.ReadAsync(() => Task.FromResult(known.Database), database => database is not null);
        await known.Database!.StringSetAsync("a", "b");
        Assert.Equal("b", await known.Database!.StringGetAsync("a"));
        Assert.Null(unknown.Database);

        Task<RedisConnection> OpenAsync(TestAuthority authority) => Task.Run(() => RedisConnection.Open(
            redis.ConnectionString, options => options.CertificateValidation += PrivateAuthority.Check(authority.CertificateFile)));
    }

    private static async Task CallAsync(string address, TestAuthority authority)
    {
        var builder = ServiceHost.CreateBuilder("probe", 0, [], new Dictionary<string, string?>
        {
            ["Services:Tags"] = address,
            ["Tls:Authority"] = authority.CertificateFile,
            ["Auth:Mode"] = "off",
        });
        builder.AddServiceClient<AccountService.AccountServiceClient>("Tags");
        await using var app = builder.Build();
        await app.Services.GetRequiredService<AccountService.AccountServiceClient>().GetAccountAsync(
            new() { Account = "nobody" }, deadline: Eventually.Deadline);
    }
}
