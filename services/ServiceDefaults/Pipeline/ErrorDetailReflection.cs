using System.Reflection;
using Crm.Errors.V1;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

using RpcService = Google.Protobuf.Reflection.ServiceDescriptor;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Adds the details of errors to reflection. The stock service knows only the services' own files, so a client that relies on reflection,
/// such as grpcurl, would show error details as bytes.
/// </summary>
internal static class ErrorDetailReflection
{
    public static void AddGrpcReflectionWithErrorDetails(this IServiceCollection services)
    {
        services.AddGrpcReflection();
        services.Replace(ServiceDescriptor.Singleton(provider => new ReflectionServiceImpl(ServiceNames(provider), Symbols(provider))));
        services.Replace(ServiceDescriptor.Singleton(provider => new ReflectionV1ServiceImpl(ServiceNames(provider), Symbols(provider))));
    }

    private static IEnumerable<string> ServiceNames(IServiceProvider provider) => Mapped(provider).Select(service => service.FullName);

    private static SymbolRegistry Symbols(IServiceProvider provider) => SymbolRegistry.FromFiles(
        Mapped(provider).Select(service => service.File).Append(ErrorDetailsReflection.Descriptor).Append(ErrorReasonReflection.Descriptor));

    private static List<RpcService> Mapped(IServiceProvider provider) =>
    [
        .. provider.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(Descriptor)
            .OfType<RpcService>()
            .Distinct(),
    ];

    // The generated base class names its container in an attribute; the container has the descriptor.
    private static object? Descriptor(Type serviceType) => serviceType
        .GetCustomAttribute<BindServiceMethodAttribute>(inherit: true)?.BindType
        .GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
}
