using System.Text;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Sends files to the import service and keeps its answers.</summary>
internal sealed record Importer(
    ImportSummary Summary, IReadOnlyList<ImportRowError> Errors, IReadOnlyList<ImportProgress> Progress, ImportPlan Plan)
{
    public static Task<Importer> RunAsync(TestApps apps, string account, ImportOptions options, string text) =>
        RunAsync(apps, account, options, Encoding.UTF8.GetBytes(text));

    public static async Task<Importer> RunAsync(TestApps apps, string account, ImportOptions options, byte[] file)
    {
        using var call = apps.Imports.Import();
        await call.RequestStream.WriteAsync(new ImportRequest { Account = account, Options = options });
        var reading = ReadAsync(call);
        try
        {
            await SendAsync(call.RequestStream, file);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // Refused meanwhile: the answer says why.
        }

        return await reading;
    }

    private static async Task SendAsync(IClientStreamWriter<ImportRequest> requests, byte[] file)
    {
        const int part = 500_000;
        for (var start = 0; start < file.Length; start += part)
        {
            await requests.WriteAsync(new ImportRequest { Data = ByteString.CopyFrom(file.AsSpan(start, Math.Min(part, file.Length - start))) });
        }

        await requests.CompleteAsync();
    }

    private static async Task<Importer> ReadAsync(AsyncDuplexStreamingCall<ImportRequest, ImportResponse> call)
    {
        var responses = new List<ImportResponse>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            responses.Add(response);
        }

        return new(
            responses[^1].Summary,
            [.. responses.Select(response => response.RowError).Where(error => error is not null)],
            [.. responses.Select(response => response.Progress).Where(progress => progress is not null)],
            responses[0].Plan);
    }
}
