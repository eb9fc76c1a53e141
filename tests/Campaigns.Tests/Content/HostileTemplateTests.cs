using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Campaigns.Content;
using TagSegments.Testing;
using TagSegments.Testing.HostileTexts;

namespace TagSegments.Campaigns.Tests.Content;

/// <summary>Findings 1, 2, 15 and 16: templates that are deep, wide or slow render or are refused as such, on a small stack and in little time.</summary>
public sealed class HostileTemplateTests
{
    public static TheoryData<string> Names => [.. LiquidTexts.All.Concat(HtmlTexts.All).Select(text => text.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_template_renders_or_is_refused(string name)
    {
        foreach (var size in new[] { 1_000, 200_000 })
        {
            var text = LiquidTexts.All.Concat(HtmlTexts.All).First(text => text.Name == name).Make(size, new Random(1));

            if (await SmallStack.RunAsync(() => TemplateRenderer.CheckTemplates(new Message { Html = text }, "message", new TemplateTime(CancellationToken.None))) is { } problem)
            {
                new Failure(Assert.IsType<RpcException>(problem)).Is(StatusCode.InvalidArgument, ErrorReason.TemplateInvalid, "message.html");
            }
        }
    }
}
