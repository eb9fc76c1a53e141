using System.Runtime.CompilerServices;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.WebConsole.Calls;

namespace TagSegments.WebConsole.Pages.Imports;

/// <summary>Sends a file to the import service and reads its reports meanwhile.</summary>
internal sealed class ImportCall(Caller caller, string account)
{
    private const int ChunkSize = 256 * 1024;

    public async IAsyncEnumerable<ImportResponse> RunAsync(ImportOptions options, UploadedFile file, [EnumeratorCancellation] CancellationToken ct)
    {
        using var call = caller.Services.Imports.Import(await caller.OptionsAsync(null, ct));
        var sending = SendAsync(call.RequestStream, options, file, ct);
        await foreach (var report in call.ResponseStream.ReadAllAsync(ct))
            yield return report;
        await sending;
    }

    private async Task SendAsync(IClientStreamWriter<ImportRequest> requests, ImportOptions options, UploadedFile file, CancellationToken ct)
    {
        try
        {
            await requests.WriteAsync(new() { Account = account, Options = options }, ct);
            var content = file.Open();
            var buffer = new byte[ChunkSize];
            while (await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct) is var read and > 0)
                await requests.WriteAsync(new() { Data = ByteString.CopyFrom(buffer, 0, read) }, ct);
            await requests.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The service ended the call early, because it refused the options: the receiving side has the reason.
        }
    }
}
