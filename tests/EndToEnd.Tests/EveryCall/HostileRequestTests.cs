using System.Globalization;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;
using Xunit.Abstractions;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>
/// Every request, whatever its content, gets a result or an error that a program understands, never a defect of the server. The requests are the
/// same each time, so that a finding does not stop an unrelated change; HOSTILE_SEED and HOSTILE_REQUESTS choose others and more.
/// </summary>
public sealed class HostileRequestTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private static readonly int s_requestsPerCall = Setting("HOSTILE_REQUESTS", 25);

    // Streams without an end are left after this time.
    private static readonly TimeSpan s_endless = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Random_requests_never_meet_an_internal_error()
    {
        var seed = Setting("HOSTILE_SEED", 1);
        output.WriteLine($"HOSTILE_SEED={seed}");
        var account = await shared.Apps.NewAccountAsync();
        await PrepareAsync(account);
        var requests = new HostileRequests(new Random(seed), account);
        var defects = new List<string>();

        for (var round = 0; round < s_requestsPerCall; round++)
        {
            foreach (var call in ApiCall.All)
            {
                var request = requests.Next(call.Descriptor.InputType);
                var options = new CallOptions(deadline: call.IsEndless ? DateTime.UtcNow + s_endless : Eventually.Deadline);
                var server = shared.Apps.Channel(call.Host).CreateCallInvoker();
                if ((await call.CallAsync(server, options, request.ToByteArray())).Failure is { } error && !IsUnderstood(error, call.IsEndless))
                {
                    defects.Add($"{call.Name} {error}\n  {Convert.ToBase64String(request.ToByteArray())}");
                }
            }
        }

        Assert.True(defects.Count == 0, $"seed {seed}: {defects.Count} defects\n{string.Join('\n', defects)}");
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static bool IsUnderstood(Failure error, bool endless) => error.Status switch
    {
        StatusCode.DeadlineExceeded or StatusCode.Cancelled => endless,
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.FailedPrecondition or StatusCode.OutOfRange
            or StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.Unavailable =>
            error.Reason is not ErrorReason.Unspecified,
        _ => false,
    };

    // Something to be found under the numbers and names that the requests use.
    private async Task PrepareAsync(string account)
    {
        for (var number = 1; number <= 3; number++)
        {
            await shared.Apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() { Email = $"{number}@b.example" } });
        }

        await shared.Apps.Fields.CreateFieldAsync(new() { Account = account, Field = new() { Key = "score", Type = Field.Types.Type.Number } });
        await shared.Apps.Tags.AddTagsAsync(
            new() { Account = account, ContactId = 1, TagNames = { "Hot", "Source: Ad" }, CreateMissing = true });
        await shared.Apps.Segments.CreateSegmentAsync(
            new() { Account = account, Segment = new() { Name = "1" }, Text = "has tag \"Hot\"" });
    }
}
