using Google.Protobuf;
using Grpc.Core;

namespace TagSegments.ServiceDefaults.Calls;

/// <summary>Reads the lists of other services page by page.</summary>
public static class Pages
{
    /// <summary>Reads all items of a list, from the page that <paramref name="request"/> names to the last one.</summary>
    public static async IAsyncEnumerable<TItem> AllAsync<TRequest, TResponse, TItem>(
        TRequest request, Func<TRequest, AsyncUnaryCall<TResponse>> list, Func<TResponse, IEnumerable<TItem>> items)
        where TRequest : IMessage<TRequest>
        where TResponse : IMessage<TResponse>
    {
        var next = request.Clone();
        var token = next.Descriptor.FindFieldByName("page_token").Accessor;
        do
        {
            var page = await list(next);
            foreach (var item in items(page))
            {
                yield return item;
            }

            token.SetValue(next, page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page));
            // It counts from the token on.
            next.Descriptor.FindFieldByName("skip")?.Accessor.Clear(next);
        }
        while ((string)token.GetValue(next) != "");
    }
}
