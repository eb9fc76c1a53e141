using System.Security.Cryptography;
using Google.Protobuf;
using TagSegments.Chaos.Hostile;
using TagSegments.EndToEnd.Tests.People;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.Telemetry;

/// <summary>Every call is made with names and addresses of a person, and neither logs, at their finest level, nor spans have any of them.</summary>
[Collection(TracedProcess.Name)]
public sealed class PrivacyTests
{
    private static readonly string s_mark = $"zq{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";

    [Fact]
    public async Task Neither_logs_nor_spans_say_anything_of_people_whatever_is_called()
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments_traces_");
        var file = Path.Combine(folder.FullName, "traces.jsonl");
        using var logs = new CapturedLogs();
        var settings = new Dictionary<string, string?>(MarkedPerson.Settings) { ["Logging:Level"] = "Trace" };
        var secrets = await LiveAsync(new() { Logs = logs, TraceFile = file, Settings = settings });

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, Names);
        var spans = await File.ReadAllLinesAsync(file);
        Assert.InRange(spans.Length, 500, int.MaxValue);
        Assert.DoesNotContain(spans, Names);
        folder.Delete(recursive: true);

        bool Names(string line) => secrets.Exists(secret => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<List<string>> LiveAsync(TestAppsOptions options)
    {
        await using var apps = await TestApps.StartAsync(options);
        Assert.InRange(await CallAllAsync(apps), 100, int.MaxValue);
        var account = await apps.NewAccountAsync();
        var person = new MarkedPerson(apps, account);
        await person.LiveAsync();
        await apps.Contacts.EraseContactAsync(new() { Account = account, ContactId = person.ContactId });
        return [s_mark, person.Mark, person.Phone];
    }

    private static async Task<int> CallAllAsync(TestApps apps)
    {
        var (world, random, answered) = (new World("people"), new Random(1), 0);
        foreach (var (call, request) in WorldRequests.All)
        {
            var result = await CallAsync(apps, call, ValidRequests.Make(call, Marked(request), world, random));
            if (result.Answer is { } answer)
            {
                world.Learn(call.Descriptor.OutputType.Parser.ParseFrom(answer), random);
            }
        }

        foreach (var call in ApiCall.All.Where(call => !call.Name.EndsWith("DeleteAccount", StringComparison.Ordinal)))
        {
            foreach (var text in ValidRequests.Of(call))
            {
                answered += (await CallAsync(apps, call, ValidRequests.Make(call, Marked(text), world, random))).Failure is null ? 1 : 0;
            }
        }

        return answered;
    }

    private static Task<CallResult> CallAsync(TestApps apps, ApiCall call, IMessage request) => call.CallAsync(
        apps.Channel(call.Host).CreateCallInvoker(), new(deadline: call.IsEndless ? DateTime.UtcNow.AddSeconds(0.3) : Eventually.Deadline), request.ToByteArray());

    private static string Marked(string request) => request
        .Replace("Ada", s_mark, StringComparison.Ordinal)
        .Replace("Deal", s_mark, StringComparison.Ordinal)
        .Replace("@example.com", $"@{s_mark}.example.com", StringComparison.Ordinal);
}
