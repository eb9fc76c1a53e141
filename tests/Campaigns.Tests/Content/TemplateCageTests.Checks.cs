using System.Globalization;
using System.Text;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Errors.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using TagSegments.Campaigns.Content;

namespace TagSegments.Campaigns.Tests.Content;

public sealed partial class TemplateCageTests
{
    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static void AssertRefused(string template, long maxBytes = long.MaxValue)
    {
        var error = Check(template, maxBytes);

        Assert.Equal(StatusCode.InvalidArgument, error?.StatusCode);
        Assert.Equal("TEMPLATE_INVALID", error?.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
    }

    private static RpcException? Check(string template, long maxBytes = long.MaxValue)
    {
        var (error, bytes) = ((Exception?)null, 0L);
        var thread = new Thread(
            () =>
            {
                try
                {
                    TemplateRenderer.CheckTemplates(new Message { Html = template }, "message", Time);
                }
                catch (Exception e)
                {
                    error = e;
                }

                bytes = GC.GetAllocatedBytesForCurrentThread();
            },
            Stack);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(20)), "The template took more than 20 seconds.");
        Assert.InRange(bytes, 0, maxBytes);
        Assert.True(error is null or RpcException { StatusCode: StatusCode.InvalidArgument }, error?.ToString());
        return error as RpcException;
    }
}
