using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.HostileTexts;
using TagSegments.Workflows.Yaml;

namespace TagSegments.Workflows.Tests.Yaml;

/// <summary>Findings 1 and 15: YAML that is deep, wide or long, up to its limit, is read or refused with its fault, on a small stack and in little time.</summary>
public sealed class HostileYamlTests
{
    public static TheoryData<string> Names => [.. YamlTexts.All.Concat(PlainTexts.All).Select(text => text.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_text_is_read_or_refused(string name)
    {
        foreach (var size in new[] { 1_000, 65_536, 1_048_000 })
        {
            var text = YamlTexts.All.Concat(PlainTexts.All).First(text => text.Name == name).Make(size, new Random(1));

            if (await SmallStack.RunAsync(() => YamlReader.Read(text)) is { } problem)
            {
                Assert.Equal(StatusCode.InvalidArgument, new Failure(Assert.IsType<RpcException>(problem)).Status);
            }
        }
    }
}
