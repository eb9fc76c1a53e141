using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Crm.Imports;

/// <summary>Imports that a test holds open.</summary>
internal static class ImportCalls
{
    /// <summary>Starts an import and sends that much of a file, or less if it is refused.</summary>
    public static async Task<AsyncDuplexStreamingCall<ImportRequest, ImportResponse>> BeginAsync(TestApps apps, string account, double megabytes)
    {
        var call = apps.Imports.Import();
        await call.RequestStream.WriteAsync(new() { Account = account, Options = new() });
        var row = ByteString.CopyFromUtf8("a\n" + string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 1_000)));
        for (var sent = 0; sent < megabytes * 1024 * 1024; sent += row.Length)
        {
            try
            {
                await call.RequestStream.WriteAsync(new() { Data = row });
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // Refused: the answer says why.
                break;
            }
        }

        return call;
    }

    /// <summary>Waits until the account can import: what an import held is given back once its call has ended.</summary>
    public static Task AssertFreeAsync(TestAccount account) => Eventually.ReadAsync(
        async () => await Record.ExceptionAsync(
            () => Importer.RunAsync(account.Apps, account.Name, new() { ExternalIdColumn = "a" }, "a\n" + string.Concat(Enumerable.Repeat(new string('1', 99) + "\n", 15_000)))),
        error => error is null,
        "an import of 1.5 MB to be taken");
}
