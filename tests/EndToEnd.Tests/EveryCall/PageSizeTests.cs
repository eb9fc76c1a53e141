using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.EveryCall;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>Every list takes the page sizes that its documentation names, and refuses others.</summary>
public sealed partial class PageSizeTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly List<ApiCall> s_lists =
        [.. ApiCall.All.Where(call => call.Descriptor.InputType.FindFieldByName("page_size") is not null)];

    public static TheoryData<string> Lists => [.. s_lists.Select(call => call.Name)];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_page_size_that_is_negative_or_larger_than_documented_is_refused(string name)
    {
        var call = s_lists.Single(call => call.Name == name);
        var account = await shared.Apps.NewAccountAsync();
        var max = DocumentedMax(call);

        foreach (var size in new[] { -1, max + 1, int.MaxValue, int.MinValue })
        {
            var error = await ListAsync(call, account, size);

            Assert.Equal(StatusCode.InvalidArgument, error?.Status);
            Assert.Contains("page_size", error!.Fields);
        }

        foreach (var size in new[] { 0, 1, max })
        {
            // The request has only an account, which need not be enough.
            Assert.DoesNotContain("page_size", (await ListAsync(call, account, size))?.Fields ?? []);
        }
    }

    [Fact]
    public void Lists_of_all_services_are_tested()
    {
        var hosts = s_lists.Select(call => call.Host).Distinct().Order();

        Assert.Equal([Service.Tags, Service.Segments, Service.Campaigns, Service.Workflows], hosts);
    }

    private async Task<Failure?> ListAsync(ApiCall call, string account, int size)
    {
        var type = call.Descriptor.InputType;
        var request = type.Parser.ParseFrom([]);
        type.FindFieldByName("account")?.Accessor.SetValue(request, account);
        type.FindFieldByName("page_size").Accessor.SetValue(request, size);
        var options = new CallOptions(deadline: Eventually.Deadline);
        return (await call.CallAsync(shared.Apps.Channel(call.Host).CreateCallInvoker(), options, request.ToByteArray())).Failure;
    }

    // "How many to return: 1 to 1,000; defaults to 100." above the field.
    private static int DocumentedMax(ApiCall call)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "protos", call.Descriptor.InputType.File.Name));
        var message = text[text.IndexOf($"message {call.Descriptor.InputType.Name} {{", StringComparison.Ordinal)..];
        return int.Parse(Range().Match(message).Groups["max"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"1 to (?<max>[\d,]+)[^;]*; defaults to \d+[^\n]*\n\s*int32 page_size = ")]
    private static partial Regex Range();
}
