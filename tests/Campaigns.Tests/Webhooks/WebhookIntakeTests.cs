using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using TagSegments.Campaigns.Webhooks;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>Bodies that anybody can send are read in bounded memory and time, before anything of them is believed.</summary>
public sealed class WebhookIntakeTests
{
    private const int Kilobyte = 1_024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * Kilobyte)]
    [InlineData(100 * Kilobyte)]
    public async Task A_body_is_read_as_it_was_sent(int length)
    {
        using var intake = new WebhookIntake(new WebhookOptions { MostBytes = 100 * Kilobyte });
        var sent = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();

        using var body = await intake.ReadAsync(Request(new MemoryStream(sent)), int.MaxValue, CancellationToken.None);

        Assert.Equal(200, body.Status);
        Assert.Equal(sent, body.Buffer.ToArray());
    }

    [Theory]
    [InlineData(100 * Kilobyte + 1, null)]
    [InlineData(0, 100L * Kilobyte + 1)]
    public async Task A_body_that_is_too_large_is_refused(int length, long? announced)
    {
        using var intake = new WebhookIntake(new WebhookOptions { MostBytes = 100 * Kilobyte });

        using var body = await intake.ReadAsync(Request(new MemoryStream(new byte[length]), announced), int.MaxValue, CancellationToken.None);

        Assert.Equal(413, body.Status);
    }

    [Fact]
    public async Task A_body_that_is_larger_than_its_provider_sends_is_refused()
    {
        using var intake = new WebhookIntake(new WebhookOptions());

        using var whole = await intake.ReadAsync(Request(new MemoryStream(new byte[20 * Kilobyte])), 20 * Kilobyte, CancellationToken.None);
        using var larger = await intake.ReadAsync(Request(new MemoryStream(new byte[20 * Kilobyte + 1])), 20 * Kilobyte, CancellationToken.None);

        Assert.Equal((200, 413), (whole.Status, larger.Status));
    }

    [Fact]
    public async Task Bodies_share_the_room_and_give_it_back()
    {
        using var intake = new WebhookIntake(new WebhookOptions { MostBytesAtOnce = 64 * Kilobyte });
        var large = () => intake.ReadAsync(Request(new MemoryStream(new byte[40 * Kilobyte])), int.MaxValue, CancellationToken.None);
        var first = await large();

        using (var second = await large())
        {
            Assert.Equal(503, second.Status);
        }

        first.Dispose();
        using var third = await large();
        Assert.Equal(200, third.Status);
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_takes_no_more_room_than_has_arrived_and_is_given_up()
    {
        using var intake = new WebhookIntake(new WebhookOptions { MostBytesAtOnce = 64 * Kilobyte, Patience = TimeSpan.FromSeconds(1) });
        var pipe = new Pipe();

        var slow = intake.ReadAsync(Request(pipe.Reader.AsStream(), 1_000_000), int.MaxValue, CancellationToken.None);
        using var other = await intake.ReadAsync(Request(new MemoryStream(new byte[40 * Kilobyte])), int.MaxValue, CancellationToken.None);

        Assert.Equal(200, other.Status);
        using var given = await slow;
        Assert.Equal(408, given.Status);
    }

    private static HttpRequest Request(Stream body, long? length = null)
    {
        var context = new DefaultHttpContext();
        (context.Request.Body, context.Request.ContentLength) = (body, length);
        return context.Request;
    }
}
