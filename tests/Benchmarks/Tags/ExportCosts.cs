using System.Diagnostics;
using System.Text;
using Crm.Contacts.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tags;

/// <summary>The memory of an export of all contacts, against one of a tenth of them: it must not grow with the file.</summary>
internal static class ExportCosts
{
    private const int Looks = 8;

    public static async Task RunAsync(BenchmarkOptions options, Report report)
    {
        await using var apps = await TestApps.StartAsync(new TestAppsOptions { Services = [Service.Tags, Service.Segments] });
        var account = await apps.NewAccountAsync();
        await ImportAsync(apps, account, options.Contacts);
        var part = options.Contacts / 10;

        // The first export loads everything that is kept for all calls.
        await ExportAsync(apps, account, part);
        var few = await ExportAsync(apps, account, part);
        var all = await ExportAsync(apps, account, options.Contacts);

        report.AtMost($"live memory while {options.Contacts:N0} contacts are exported", all.Megabytes, $"while {part:N0} are", few.Megabytes, "MB", 1.5);
        report.Compare("export of all contacts", all.RowsPerSecond, "of a tenth of them", few.RowsPerSecond, "rows/s");
    }

    private static async Task<(double Megabytes, double RowsPerSecond)> ExportAsync(TestApps apps, string account, int contacts)
    {
        var request = new ExportContactsRequest { Account = account, Source = new() { Text = $"number <= {contacts}" } };
        using var call = new ExportService.ExportServiceClient(apps.Channel(Service.Tags)).ExportContacts(request);
        var rowsPerLook = Math.Max(1_000, contacts / Looks);
        var (most, rows, pauses, start) = (0L, 0L, TimeSpan.Zero, Stopwatch.GetTimestamp());
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            if (response.Rows / rowsPerLook > rows / rowsPerLook)
            {
                var look = Stopwatch.GetTimestamp();
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                pauses += Stopwatch.GetElapsedTime(look);
            }

            rows = response.Rows;
        }

        return rows == contacts
            ? (most / 1e6, rows / (Stopwatch.GetElapsedTime(start) - pauses).TotalSeconds)
            : throw new InvalidOperationException($"{rows} of {contacts} contacts were exported.");
    }

    private static async Task ImportAsync(TestApps apps, string account, int contacts)
    {
        using var call = apps.Imports.Import();
        await call.RequestStream.WriteAsync(new ImportRequest { Account = account, Options = new ImportOptions { ExternalIdColumn = "id" } });
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
            }
        });
        await call.RequestStream.WriteAsync(new ImportRequest { Data = ByteString.CopyFromUtf8("id,number,first name,email\n") });
        foreach (var numbers in Enumerable.Range(1, contacts).Chunk(10_000))
        {
            var text = new StringBuilder();
            foreach (var number in numbers)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"k{number},{number},Ann {number % 977},{number}@example.com\n");
            }

            await call.RequestStream.WriteAsync(new ImportRequest { Data = ByteString.CopyFromUtf8(text.ToString()) });
        }

        await call.RequestStream.CompleteAsync();
        await reading;
    }
}
