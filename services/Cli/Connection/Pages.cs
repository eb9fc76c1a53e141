using Google.Protobuf;
using Google.Protobuf.Collections;
using Grpc.Core;

namespace TagSegments.Cli.Connection;

/// <summary>Reads lists page by page.</summary>
internal static class Pages
{
    /// <summary>Reads a whole list as if it were one page.</summary>
    public static Task<TAnswer> AllAsync<TRequest, TAnswer, TItem>(
        TRequest request, Func<TRequest, AsyncUnaryCall<TAnswer>> list, Func<TAnswer, RepeatedField<TItem>> items)
        where TRequest : IMessage
        where TAnswer : class, IMessage => FirstAsync(request, int.MaxValue, list, items);

    /// <summary>Reads the first items of a list; the answer has a page token if there are more.</summary>
    public static async Task<TAnswer> FirstAsync<TRequest, TAnswer, TItem>(
        TRequest request, int limit, Func<TRequest, AsyncUnaryCall<TAnswer>> list, Func<TAnswer, RepeatedField<TItem>> items, int pageSize = 1000)
        where TRequest : IMessage
        where TAnswer : class, IMessage
    {
        TAnswer? found = null;
        SetPageSize(limit);
        await foreach (var page in ReadAsync(request, list))
        {
            if (found is null)
                found = page;
            else
                items(found).Add(items(page));
            Set(found, "next_page_token", TokenOf(page));
            if (items(found).Count >= limit)
                break;
            SetPageSize(limit - items(found).Count);
        }

        return found!;

        void SetPageSize(int wanted) => Set(request, "page_size", Math.Clamp(wanted, 1, pageSize));
    }

    /// <summary>Reads a list page by page.</summary>
    public static async IAsyncEnumerable<TAnswer> ReadAsync<TRequest, TAnswer>(TRequest request, Func<TRequest, AsyncUnaryCall<TAnswer>> list)
        where TRequest : IMessage
        where TAnswer : class, IMessage
    {
        string token;
        do
        {
            var page = await list(request);
            token = TokenOf(page);
            yield return page;
            Set(request, "page_token", token);
            // It counts from the token on.
            request.Descriptor.FindFieldByName("skip")?.Accessor.Clear(request);
        }
        while (token is not "");
    }

    private static string TokenOf(IMessage page) => (string)page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page);

    private static void Set(IMessage message, string field, object value) => message.Descriptor.FindFieldByName(field).Accessor.SetValue(message, value);
}
