using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>
/// An import that a test holds open, on a connection of its own: a client that writes to a call which was just refused can lose its connection,
/// and with it the client's other calls.
/// </summary>
internal sealed class OpenImport : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ImportRequest, ImportResponse> _call;

    private OpenImport(TestApps apps)
    {
        _channel = GrpcChannel.ForAddress(apps.GrpcAddress(Service.Tags));
        _call = new ImportService.ImportServiceClient(_channel).Import(deadline: DateTime.UtcNow + s_patience);
    }

    /// <summary>What the service answers.</summary>
    public IAsyncStreamReader<ImportResponse> Answers => _call.ResponseStream;

    /// <summary>What the client sends.</summary>
    public IClientStreamWriter<ImportRequest> Requests => _call.RequestStream;

    /// <summary>Opens an import and sends nothing.</summary>
    public static OpenImport Silent(TestApps apps) => new(apps);

    /// <summary>Opens an import and sends that much of a file, or less if it is refused.</summary>
    public static async Task<OpenImport> BeginAsync(TestApps apps, string account, double megabytes)
    {
        var import = new OpenImport(apps);
        await import.Requests.WriteAsync(new() { Account = account, Options = new() });
        var rows = ByteString.CopyFromUtf8("a\n" + string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 1_000)));
        for (var sent = 0; sent < megabytes * 1024 * 1024; sent += rows.Length)
        {
            try
            {
                await import.Requests.WriteAsync(new() { Data = rows });
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException or HttpRequestException)
            {
                // Refused: the answer says why.
                break;
            }
        }

        return import;
    }

    /// <summary>Waits until the account can import: what an import held is given back once its call has ended.</summary>
    public static Task AssertFreeAsync(TestAccount account) => Eventually.ReadAsync(
        async () => await Record.ExceptionAsync(
            () => Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "a" }, "a\n" + string.Concat(Enumerable.Repeat(new string('1', 99) + "\n", 15_000)))),
        error => error is null,
        "an import of 1.5 MB to be taken");

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }
}
