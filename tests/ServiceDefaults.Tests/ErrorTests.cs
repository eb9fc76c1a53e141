using System.Net.Http.Headers;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests;

public sealed class ErrorTests
{
    [Fact]
    public async Task A_defect_is_internal_and_does_not_leak_its_text()
    {
        await using var host = await TestHost.StartAsync((_, _) => throw new InvalidOperationException("secret"));

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);

        error.Is(StatusCode.Internal, ErrorReason.Internal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_fields_are_reported_at_once()
    {
        await using var host = await TestHost.StartAsync((_, _) =>
        {
            new FieldChecks().Require(false, "tag.name", "is empty").Require(true, "x", "y").Require(false, "tag.color", "is no colour").ThrowIfAny();
            return Task.FromResult(new GetAccountResponse());
        });

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "tag.name", "tag.color");
    }

    [Fact]
    public async Task What_an_error_repeats_of_a_request_is_cut_so_that_it_fits_into_headers()
    {
        await using var host = await TestHost.StartAsync((request, _) => throw RpcErrors.NotFound("account", request.Account));

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = new('ß', 100_000) }).ResponseAsync);

        error.Is(StatusCode.NotFound, ErrorReason.NotFound);
        Assert.Equal(1_001, error.Metadata["id"].Length);
    }

    [Fact]
    public async Task Under_overload_calls_are_refused_at_once_and_may_come_back()
    {
        var release = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        await using var host = await TestHost.StartAsync(
            async (_, _) =>
            {
                entered.TrySetResult();
                await release.Task;
                return new GetAccountResponse();
            },
            new() { ["Grpc:MaxConcurrentCalls"] = "1" });
        var first = host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync;
        await entered.Task;

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);
        var health = await new Health.HealthClient(host.Channel).CheckAsync(new());
        release.SetResult();
        await first;
        await host.Client.GetAccountAsync(new() { Account = "a" });

        error.Is(StatusCode.ResourceExhausted, ErrorReason.Overloaded);
        Assert.NotNull(error.RetryDelay);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task Too_large_a_message_is_refused_with_a_reason_and_no_advice_to_retry()
    {
        await using var host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));

        var error = await Expect.FailureAsync(
            () => host.Client.GetAccountAsync(new() { Account = new('a', 4 * 1024 * 1024) }).ResponseAsync);

        error.Is(StatusCode.ResourceExhausted, ErrorReason.MessageTooLarge);
        Assert.Null(error.RetryDelay);
    }

    [Fact]
    public void Every_reason_has_a_name_without_prefix()
    {
        foreach (var reason in Enum.GetValues<ErrorReason>())
        {
            var info = RpcErrors.Create(StatusCode.Aborted, reason, "x").GetRpcStatus()!.GetDetail<ErrorInfo>();

            Assert.Equal(RpcErrors.Domain, info.Domain);
            Assert.DoesNotContain("ERROR_REASON", info.Reason, StringComparison.Ordinal);
            Assert.Matches("^[A-Z_]+$", info.Reason);
        }
    }

    [Theory]
    [InlineData("google.rpc.ErrorInfo")]
    [InlineData("google.rpc.BadRequest")]
    [InlineData("crm.errors.v1.ErrorReason")]
    [InlineData("crm.accounts.v1.AccountService")]
    public async Task Reflection_knows_the_services_and_the_details_of_errors(string symbol)
    {
        await using var host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });

        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotEmpty(call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task The_character_that_the_database_cannot_keep_is_refused_in_every_text_of_a_request()
    {
        await using var host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a\0b" }).ResponseAsync);

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "account");
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 1, 2, 3 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 11, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 7 })] // a block of a kind that gzip does not have
    public async Task Bytes_that_are_not_compressed_as_their_header_says_are_refused_as_malformed(byte[] frame)
    {
        await using var host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));

        Assert.Equal("MALFORMED_MESSAGE", await ReasonAsync(host, frame, "gzip"));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 3, 0xff, 0xff, 0xff })] // truncated
    [InlineData(new byte[] { 0, 0, 0, 0, 4, 0x0a, 2, 0xc0, 0x80 })] // overlong UTF-8 in `account`
    public async Task Bytes_that_are_no_message_are_refused_as_malformed(byte[] frame)
    {
        await using var host = await TestHost.StartAsync((_, _) => Task.FromResult(new GetAccountResponse()));

        Assert.Equal("MALFORMED_MESSAGE", await ReasonAsync(host, frame, "identity"));
    }

    // What no client makes has to be sent without one.
    private static async Task<string> ReasonAsync(TestHost host, byte[] frame, string encoding)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{host.Channel.Target}") };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/crm.accounts.v1.AccountService/GetAccount")
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.Add("grpc-encoding", encoding);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));

        using var response = await http.SendAsync(request);

        Assert.Equal("3", Assert.Single(response.Headers.GetValues("grpc-status")));
        var details = Assert.Single(response.Headers.GetValues("grpc-status-details-bin"));
        var status = Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '=')));
        return status.GetDetail<ErrorInfo>().Reason;
    }

    [Fact]
    public async Task A_call_without_deadline_ends_at_the_servers_limit()
    {
        await using var host = await TestHost.StartAsync(
            async (_, context) =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return new GetAccountResponse();
            },
            new() { ["Grpc:MaxSeconds"] = "1" });

        var error = await Expect.FailureAsync(() => host.Client.GetAccountAsync(new() { Account = "a" }).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, error.Status);
    }
}
