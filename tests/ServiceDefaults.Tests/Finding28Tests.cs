using System.Net;
using System.Net.Http.Headers;
using Crm.Accounts.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.ServiceDefaults.Tests;

/// <summary>Finding 28 of the security review: a call without a sound token got the HTTP status 401, without a gRPC status and its details.</summary>
public sealed class Finding28Tests : IAsyncLifetime
{
    private static readonly SigningKeyIssuer s_issuer = new();
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(
        (request, _) => Task.FromResult(new GetAccountResponse { Account = new Account { Name = request.Account } }),
        new(s_issuer.Settings.Concat(ServiceKeyPairs.Settings(Service.Tags))),
        name: "tags");

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated, ErrorReason.Unauthenticated)]
    [InlineData("", StatusCode.PermissionDenied, ErrorReason.PermissionDenied)]
    [InlineData("tags.write", StatusCode.PermissionDenied, ErrorReason.PermissionDenied)]
    public async Task A_refusal_is_a_gRPC_status_with_a_reason(string? scope, StatusCode status, ErrorReason reason)
    {
        var token = scope is null ? null : s_issuer.Token("acme", scope);

        await Expect.FailureAsync(status, reason, () => _host.Client.GetAccountAsync(
            new() { Account = "acme" }, token is null ? [] : new Metadata { { "authorization", $"Bearer {token}" } }).ResponseAsync);
        using var answer = await PostAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"{(int)status}", Trailer(answer, "grpc-status"));
        Assert.NotEmpty(Trailer(answer, "grpc-status-details-bin"));
    }

    // A probe of a path that does not exist once passed, with the HTTP status 200.
    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/crm.accounts.v1.AccountService/GetAccount")]
    public async Task What_is_no_call_of_gRPC_finds_nothing(string path)
    {
        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var answer = await client.GetAsync(new Uri(_host.Address, path));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string? token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_host.Address, "/crm.accounts.v1.AccountService/GetAccount"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }

    // A refusal has no message, so its trailers may be its headers.
    private static string Trailer(HttpResponseMessage answer, string name) =>
        answer.TrailingHeaders.Concat(answer.Headers).First(header => header.Key == name).Value.First();
}
