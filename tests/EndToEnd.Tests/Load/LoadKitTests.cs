using Google.Protobuf;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.Load;

/// <summary>The calls of <c>tests/load</c> exist and their payloads are requests of them, also for the tools that are not here to run.</summary>
public sealed class LoadKitTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "load");

    [Fact]
    public void Every_payload_is_a_request_of_a_call_that_exists()
    {
        Assert.All(Calls(), call =>
        {
            var (method, payload) = (ApiCall.All.Single(known => known.Name == call.Method), File.ReadAllText(Payload(call)));
            // Fields that do not exist are refused.
            var request = JsonParser.Default.Parse(payload, method.Descriptor.InputType);
            Assert.NotEqual(0, request.CalculateSize());
            Assert.Equal(method.Host.ToString(), call.Service, ignoreCase: true);
            Assert.Equal(method.Descriptor.File.Name, call.File);
            // The scripts put the account there.
            Assert.Contains("\"account\": \"demo\"", payload, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_payload_with_a_field_that_does_not_exist_is_refused() => Assert.Throws<InvalidProtocolBufferException>(
        () => JsonParser.Default.Parse("""{ "acount": "demo" }""", ApiCall.All.Single(call => call.Name == Calls()[0].Method).Descriptor.InputType));

    [Fact]
    public void The_mixed_load_is_four_fifths_reads()
    {
        var calls = Calls();

        Assert.Equal(100, calls.Sum(call => call.Share));
        Assert.Equal(15, calls.Where(call => call.Method.EndsWith("Tags", StringComparison.Ordinal) && !call.Method.Contains("Get", StringComparison.Ordinal)).Sum(call => call.Share));
        Assert.Equal(5, calls.Where(call => call.Method.StartsWith("crm.campaigns.", StringComparison.Ordinal) || call.Method.StartsWith("crm.workflows.", StringComparison.Ordinal)).Sum(call => call.Share));
    }

    [Fact]
    public void No_payload_is_left_over() => Assert.Equal(
        Directory.EnumerateFiles(Path.Combine(s_folder, "payloads")).Order(StringComparer.Ordinal), Calls().Select(Payload).Order(StringComparer.Ordinal));

    private static string Payload(Call call) => Path.Combine(s_folder, "payloads", $"{call.Payload}.json");

    private static List<Call> Calls() =>
    [
        .. File.ReadLines(Path.Combine(s_folder, "calls.tsv")).Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
            .Select(part => new Call(int.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture), part[1], part[2], part[3], part[4])),
    ];

    private sealed record Call(int Share, string Service, string Method, string Payload, string File);
}
