using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Network;

/// <summary>
/// Finding 20 of the security review: metrics and health were answered at the public address of tracking and at that of calls. Each address
/// answers what belongs there and nothing else.
/// </summary>
public sealed class Finding20Tests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData("/metrics")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task What_operators_read_is_answered_at_the_management_address_only(string path)
    {
        foreach (var service in Enum.GetValues<Service>())
        {
            Assert.Equal(HttpStatusCode.OK, await GetAsync(shared.Apps.ManagementAddress(service), path));
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(shared.Apps.HttpAddress(service), path));
            Assert.Equal(HttpStatusCode.NotFound, await GetAsync(shared.Apps.GrpcAddress(service), path, HttpVersion.Version20));
        }
    }

    [Fact]
    public async Task The_host_that_a_request_names_opens_no_other_address()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{shared.Apps.HttpAddress(Service.Tags)}/metrics");
        request.Headers.Host = new Uri(shared.Apps.ManagementAddress(Service.Tags)).Authority;

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("true", StatusCode.OK)]
    [InlineData("false", StatusCode.Unimplemented)]
    public async Task Reflection_can_be_switched_off(string value, StatusCode expected)
    {
        await using var host = await TestHost.StartAsync((_, _) => throw new NotSupportedException(), new() { ["Grpc:Reflection"] = value });
        using var channel = GrpcChannel.ForAddress(host.Address);

        Assert.Equal(expected, await Expect.StatusAsync(async () =>
        {
            using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
            await call.RequestStream.WriteAsync(new() { ListServices = "" });
            await call.ResponseStream.MoveNext(CancellationToken.None);
        }));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(channel).CheckAsync(new())).Status);
    }

    private static async Task<HttpStatusCode> GetAsync(string address, string path, Version? version = null)
    {
        using var answer = await SendAsync(address, path, version ?? HttpVersion.Version11);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(string address, string path, Version version)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address + path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return await client.SendAsync(request);
    }
}
