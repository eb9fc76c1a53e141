using System.Security.Claims;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace TagSegments.ServiceDefaults.Tests.Calls;

/// <summary>A call to a method, without a server.</summary>
internal sealed class FakeCall : ServerCallContext
{
    private readonly string _method;
    private readonly DateTime _deadline;

    public FakeCall(string principal = "ann", string method = "/crm.Test/Create", DateTime? deadline = null)
    {
        (_method, _deadline) = (method, deadline ?? DateTime.MaxValue);

        // Where Grpc.AspNetCore looks for it in a context of a test.
        UserState["__HttpContext"] = new DefaultHttpContext { User = new(new ClaimsIdentity([new Claim("sub", principal)])) };
    }

    protected override string MethodCore => _method;

    protected override string HostCore => "localhost";

    protected override string PeerCore => "localhost";

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => CancellationToken.None;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(null, []);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
