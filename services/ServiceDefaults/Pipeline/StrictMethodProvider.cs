using System.Reflection;
using Crm.Errors.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Binds the generated service base classes as Grpc.AspNetCore does, but with marshallers that answer malformed bytes with
/// INVALID_ARGUMENT and reason MALFORMED_MESSAGE, and refuse <see cref="NulCharacters"/>. The stock marshallers answer UNKNOWN, and no interceptor sees it, because interceptors run
/// after parsing (github.com/grpc/grpc-dotnet/issues/1077). A class serves the calls that it overrides, so that several classes can share
/// one service of the protos, each with the calls of one resource. A call that none of them overrides answers UNIMPLEMENTED.
/// </summary>
internal sealed class StrictMethodProvider<TService> : IServiceMethodProvider<TService>
    where TService : class
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        var bind = BindMethod(typeof(TService));
        bind?.Invoke(null, [new Binder(context, Descriptor(bind.DeclaringType!)), null]);
    }

    // The generated base class names its container in an attribute; the container has `BindService(ServiceBinderBase, TBase)`.
    private static MethodInfo? BindMethod(Type serviceType)
    {
        for (var type = serviceType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>() is { } attribute)
            {
                return attribute.BindType.GetMethod(
                    attribute.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
            }
        }

        return null;
    }

    private static ServiceDescriptor Descriptor(Type container) => (ServiceDescriptor)container.GetProperty("Descriptor")!.GetValue(null)!;

    private sealed class Binder(ServiceMethodProviderContext<TService> context, ServiceDescriptor service) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            if (IsOverridden(method))
            {
                context.AddUnaryMethod(
                    Strict(method), Metadata(method), Invoker<Grpc.AspNetCore.Server.Model.UnaryServerMethod<TService, TRequest, TResponse>>(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (IsOverridden(method))
            {
                context.AddClientStreamingMethod(
                    Strict(method), Metadata(method), Invoker<Grpc.AspNetCore.Server.Model.ClientStreamingServerMethod<TService, TRequest, TResponse>>(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (IsOverridden(method))
            {
                context.AddServerStreamingMethod(
                    Strict(method), Metadata(method), Invoker<Grpc.AspNetCore.Server.Model.ServerStreamingServerMethod<TService, TRequest, TResponse>>(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (IsOverridden(method))
            {
                context.AddDuplexStreamingMethod(
                    Strict(method), Metadata(method), Invoker<Grpc.AspNetCore.Server.Model.DuplexStreamingServerMethod<TService, TRequest, TResponse>>(method));
            }
        }

        private static bool IsOverridden(IMethod method) =>
            !Implementation(method).DeclaringType!.IsDefined(typeof(BindServiceMethodAttribute), inherit: false);

        private List<object> Metadata(IMethod method) =>
        [
            .. typeof(TService).GetCustomAttributes(true),
            .. Implementation(method).GetCustomAttributes(true),
            RequiredPermission.Of(service.FindMethodByName(method.Name)),
        ];

        private static TDelegate Invoker<TDelegate>(IMethod method)
            where TDelegate : Delegate => Implementation(method).CreateDelegate<TDelegate>();

        private static MethodInfo Implementation(IMethod method) =>
            typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method {method.Name}.");

        private Method<TRequest, TResponse> Strict<TRequest, TResponse>(Method<TRequest, TResponse> method) => new(
            method.Type,
            method.ServiceName,
            method.Name,
            Strict(method.RequestMarshaller, service.FindMethodByName(method.Name).InputType),
            method.ResponseMarshaller);

        private static Marshaller<T> Strict<T>(Marshaller<T> inner, MessageDescriptor type) => Marshallers.Create(
            inner.ContextualSerializer,
            context =>
            {
                try
                {
                    var payload = context.PayloadAsReadOnlySequence();
                    MessageParts.Refuse(type, payload);
                    var message = inner.ContextualDeserializer(context);
                    NulCharacters.Refuse((IMessage)message!, payload);
                    return message;
                }
                catch (InvalidProtocolBufferException e)
                {
                    throw RpcErrors.Create(
                        StatusCode.InvalidArgument,
                        ErrorReason.MalformedMessage,
                        $"The request is not a valid {typeof(T).Name}: {e.Message}");
                }
            });
    }
}
