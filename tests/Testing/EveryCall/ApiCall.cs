using Crm.Auth.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace TagSegments.Testing.EveryCall;

/// <summary>A call of the API as its descriptor has it, so that a rule for every call is tested on every call, also on future ones.</summary>
public sealed record ApiCall(MethodDescriptor Descriptor)
{
    private static readonly Marshaller<byte[]> s_bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly string[] s_reading =
        ["Get", "List", "Watch", "Stream", "Count", "Match", "Explain", "Preview", "Check", "Parse", "Diff", "Search", "Simulate", "Validate", "Export", "Audit", "BatchGet", "BreakDown", "Resolve"];

    /// <summary>The calls of all services, by name.</summary>
    public static IReadOnlyList<ApiCall> All { get; } =
    [
        .. typeof(TagService).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Crm.", StringComparison.Ordinal) == true && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => (FileDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods)
            .Select(method => new ApiCall(method))
            .OrderBy(call => call.Name, StringComparer.Ordinal),
    ];

    /// <summary>The call's name, such as <c>crm.tags.v1.TagService/AddTags</c>.</summary>
    public string Name => $"{Descriptor.Service.FullName}/{Descriptor.Name}";

    /// <summary>The permission that the call needs.</summary>
    public Permission Permission => Descriptor.GetOptions()?.GetExtension(PermissionExtensions.Permission) ?? Permission.Unspecified;

    /// <summary>Whether the call only reads; such calls need no <c>request_id</c>.</summary>
    public bool Reads => s_reading.Any(verb => Descriptor.Name.StartsWith(verb, StringComparison.Ordinal));

    /// <summary>Whether the call is a stream that ends with its caller only.</summary>
    public bool IsEndless => Descriptor.Name.StartsWith("Watch", StringComparison.Ordinal);

    /// <summary>The service that answers the call.</summary>
    public Service Host => Descriptor.File.Package.Split('.')[1] switch
    {
        "segments" => Service.Segments,
        "campaigns" or "activity" => Service.Campaigns,
        "workflows" => Service.Workflows,
        _ => Service.Tags,
    };

    /// <summary>Makes the call with these requests, more than one for a stream of them, and reads all its answers.</summary>
    public async Task<CallResult> CallAsync(CallInvoker server, CallOptions options, params byte[][] requests)
    {
        using var call = Begin(server, options);
        byte[]? answer = null;
        try
        {
            // Written meanwhile: nobody may take the rest of a request that is answered already, and then the end of the call ends the writing.
            _ = WriteAsync(call, requests);
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                answer ??= call.ResponseStream.Current;
            }

            return new CallResult(null, answer);
        }
        catch (RpcException error)
        {
            return new CallResult(new Failure(error), answer);
        }
    }

    /// <summary>Begins the call. On the wire a unary call is a stream of one message, so one kind of call does for all.</summary>
    public AsyncDuplexStreamingCall<byte[], byte[]> Begin(CallInvoker server, CallOptions options) => server.AsyncDuplexStreamingCall(
        new Method<byte[], byte[]>(MethodType.DuplexStreaming, Descriptor.Service.FullName, Descriptor.Name, s_bytes, s_bytes), null, options);

    // A call may be answered before its request was read; the answer counts.
    private static async Task WriteAsync(AsyncDuplexStreamingCall<byte[], byte[]> call, byte[][] requests)
    {
        try
        {
            foreach (var request in requests)
            {
                await call.RequestStream.WriteAsync(request);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException or HttpRequestException)
        {
        }
    }

    public override string ToString() => Name;
}

/// <summary>How a call ended: its failure if it failed, and its first answer if it gave one.</summary>
public sealed record CallResult(Failure? Failure, byte[]? Answer);
