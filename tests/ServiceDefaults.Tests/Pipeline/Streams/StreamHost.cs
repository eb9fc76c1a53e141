using Crm.Contacts.V1;
using Crm.Tags.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.ServiceDefaults.Pipeline.Streams;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.ServiceDefaults.Tests.Pipeline.Streams;

/// <summary>A service with a watch and an upload whose time the test moves. Accounts may have two streams unless the test says otherwise.</summary>
internal sealed class StreamHost : IAsyncDisposable
{
    private static readonly SigningKeyIssuer s_issuer = new();
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private StreamHost(WebApplication app, Behaviour behaviour)
    {
        (_app, Handlers) = (app, behaviour);
        _channel = GrpcChannel.ForAddress(app.GrpcAddress());
    }

    public Behaviour Handlers { get; }

    public FakeTimeProvider Time { get; init; } = new();

    public static async Task<StreamHost> StartAsync(Dictionary<string, string?>? settings = null, int perAccount = 2, ILoggerProvider? logs = null)
    {
        var all = new Dictionary<string, string?>(settings ?? []) { ["Grpc:Address"] = "http://127.0.0.1:0" };
        all.TryAdd("Auth:Mode", "off");
        all["Auth:SigningKey"] = s_issuer.Settings["Auth:SigningKey"];
        foreach (var (key, value) in ServiceKeyPairs.Settings(Service.Tags))
        {
            all[key] = value;
        }

        var builder = ServiceHost.CreateBuilder("tags", 0, [], all);
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        var behaviour = new Behaviour();
        builder.Services.AddSingleton(behaviour);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton(provider => new AccountDirectory(
            (name, _) => Task.FromResult<AccountInfo?>(new(1, name, "UTC", 1) { Limits = new AccountLimits { ConcurrentStreams = perAccount } }),
            provider.GetRequiredService<MemoryBudget>(),
            time));
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<WatchApi>();
        app.MapGrpcService<UploadApi>();
        await app.StartAsync();
        return new StreamHost(app, behaviour) { Time = time };
    }

    public AsyncServerStreamingCall<WatchTagEventsResponse> Watch(string account, string? caller = null, DateTime? expires = null) =>
        new TagService.TagServiceClient(_channel).WatchTagEvents(new() { Account = account }, Headers(caller, expires));

    public AsyncDuplexStreamingCall<ImportRequest, ImportResponse> Upload(string? caller = null, DateTime? expires = null) =>
        new ImportService.ImportServiceClient(_channel).Import(Headers(caller, expires));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    // A caller of the name "service:NAME" is that service.
    private static Metadata Headers(string? caller, DateTime? expires) =>
        caller is null ? [] : new Metadata { { "authorization", $"Bearer {Token(caller, expires)}" } };

    private static string Token(string caller, DateTime? expires) => caller.Split(':') is ["service", var name]
        ? ServiceTokens.Create(Enum.Parse<Service>(name, ignoreCase: true), Service.Tags)
        : s_issuer.Token("*", "contacts.read contacts.write tags.write", expires, subject: caller);

    /// <summary>What the handlers do; at first they send an empty message and wait.</summary>
    internal sealed class Behaviour
    {
        public Func<IServerStreamWriter<WatchTagEventsResponse>, CancellationToken, Task> Watch { get; set; } = async (responses, ct) =>
        {
            await responses.WriteAsync(new(), ct);
            await Task.Delay(Timeout.Infinite, ct);
        };

        /// <summary>The bytes that a watch keeps in memory.</summary>
        public long Kept { get; set; }

        public Func<IAsyncStreamReader<ImportRequest>, CancellationToken, Task> Upload { get; set; } = async (requests, ct) =>
        {
            while (await requests.MoveNext(ct))
            {
            }
        };
    }

    internal sealed class WatchApi(Behaviour behaviour) : TagService.TagServiceBase
    {
        public override Task WatchTagEvents(
            WatchTagEventsRequest request, IServerStreamWriter<WatchTagEventsResponse> responseStream, ServerCallContext context)
        {
            context.KeepInMemory(behaviour.Kept);
            return behaviour.Watch(responseStream, context.CancellationToken);
        }
    }

    internal sealed class UploadApi(Behaviour behaviour) : ImportService.ImportServiceBase
    {
        public override Task Import(
            IAsyncStreamReader<ImportRequest> requestStream, IServerStreamWriter<ImportResponse> responseStream, ServerCallContext context) =>
            behaviour.Upload(requestStream, context.CancellationToken);
    }
}
