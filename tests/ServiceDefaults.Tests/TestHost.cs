using Crm.Accounts.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Host;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>A service on a free loopback port whose calls run code of the test.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHost(WebApplication app, Dictionary<string, string?> settings)
    {
        _app = app;
        Address = new Uri(app.GrpcAddress());
        Settings = new(settings) { ["Grpc:Address"] = app.GrpcAddress() };
        Channel = GrpcChannel.ForAddress(app.GrpcAddress());
        Client = new AccountService.AccountServiceClient(Channel);
    }

    public Uri Address { get; }

    /// <summary>The settings of the service, with the port that it got.</summary>
    public Dictionary<string, string?> Settings { get; }

    public GrpcChannel Channel { get; }

    public AccountService.AccountServiceClient Client { get; }

    public static async Task<TestHost> StartAsync(
        Func<GetAccountRequest, ServerCallContext, Task<GetAccountResponse>> getAccount,
        Dictionary<string, string?>? settings = null,
        AccountDirectory? accounts = null,
        string name = "test",
        ILoggerProvider? logs = null)
    {
        var all = new Dictionary<string, string?> { ["Grpc:Address"] = "http://127.0.0.1:0", ["Auth:Mode"] = "off" };
        foreach (var (key, value) in settings ?? [])
        {
            all[key] = value;
        }

        var builder = ServiceHost.CreateBuilder(name, 0, [], all);
        builder.Services.AddSingleton(new Behaviour(getAccount));
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        if (accounts is not null)
        {
            builder.Services.AddSingleton(accounts);
        }

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<TestApi>();
        app.MapGrpcService<TestListApi>();
        await app.StartAsync();
        return new TestHost(app, all);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.DisposeAsync();
    }

    internal sealed record Behaviour(Func<GetAccountRequest, ServerCallContext, Task<GetAccountResponse>> GetAccount);

    internal sealed class TestApi(Behaviour behaviour) : AccountService.AccountServiceBase
    {
        public override Task<GetAccountResponse> GetAccount(GetAccountRequest request, ServerCallContext context) =>
            behaviour.GetAccount(request, context);
    }

    /// <summary>Serves another call of the same service.</summary>
    internal sealed class TestListApi : AccountService.AccountServiceBase
    {
        public override Task<ListAccountsResponse> ListAccounts(ListAccountsRequest request, ServerCallContext context) =>
            Task.FromResult(new ListAccountsResponse { Accounts = { new Account { Name = "listed" } } });
    }
}
