using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Traces;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>
/// Refuses unary calls beyond the limits of their account, and beyond the limit of the process, <c>Grpc:MaxConcurrentCalls</c>. Under overload,
/// some callers are refused at once instead of all callers waiting until their deadlines. Streams have limits of their own; the calls of gRPC
/// itself, such as health checks, have none.
/// </summary>
/// <param name="accounts">The accounts; null for a service without accounts.</param>
/// <param name="strangers">The account to which calls count whose account is not known yet, or that name none.</param>
/// <param name="callers">Learns who calls.</param>
internal sealed class LoadInterceptor(
    CallAdmission admission, AccountDirectory? accounts, AccountInfo strangers, RecentCallers callers, RefusalLog refusals) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (context.Method.StartsWith("/grpc.", StringComparison.Ordinal))
        {
            return await continuation(request, context);
        }

        var account = accounts?.Find(AccountInterceptor.AccountOf(request) ?? "") ?? strangers;
        Activity.Current?.SetTag(Spans.AccountId, account.Id);
        try
        {
            admission.Enter(account, context.IsFromService());
            Note(account, context);
            try
            {
                return await continuation(request, context);
            }
            finally
            {
                admission.Leave(account);
            }
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted)
        {
            refusals.Add(account, e);
            throw;
        }
    }

    private void Note(AccountInfo account, ServerCallContext context)
    {
        if (context.IsFromService())
        {
            CallerReports.Add(context, callers);
        }
        else if (account != strangers)
        {
            callers.Note(account.Id);
        }
    }
}
