using System.Text.Encodings.Web;
using Fluid;
using Fluid.Ast;
using Fluid.Values;
using NodaTime;

namespace TagSegments.Campaigns.Content;

/// <summary>
/// The data of a rendering and what is left of its budget. The engine counts some of its steps, but none of the characters that a step handles
/// and no time.
/// </summary>
internal sealed class RenderingContext : TemplateContext
{
    private const long MaxWork = 50_000_000;
    private readonly TemplateTime _time;
    private long _work;

    public RenderingContext(TemplateOptions options, TemplateTime time, string timeZone)
        : base(options)
    {
        _time = time;
        Zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? DateTimeZone.Utc;
        // The engine reads times as they are written; what it reads is moved to its zone afterwards.
        TimeZone = TimeZoneInfo.Utc;
        Now = () => DateTimeOffset.UtcNow;
    }

    /// <summary>The time zone in which instants appear.</summary>
    public DateTimeZone Zone { get; }

    /// <summary>Takes work, about one unit a character, from the budget; throws <see cref="TemplateException"/> when it is used up.</summary>
    public void Charge(long work)
    {
        _time.Check();
        if ((_work += work) > MaxWork)
        {
            throw new TemplateException("The template takes too many steps.");
        }
    }
}

/// <summary>A tag whose every execution is counted.</summary>
internal sealed class CountedStatement(Statement inner) : Statement
{
    private const int Work = 20;

    public override ValueTask<Completion> WriteToAsync(TextWriter writer, TextEncoder encoder, TemplateContext context)
    {
        ((RenderingContext)context).Charge(Work);
        return inner.WriteToAsync(writer, encoder, context);
    }

    protected override Statement Accept(AstVisitor visitor) => visitor.Visit(inner);
}

/// <summary>A comparison whose every evaluation is counted.</summary>
internal sealed class CountedExpression(Expression inner) : Expression
{
    private const int Work = 200;

    public override ValueTask<FluidValue> EvaluateAsync(TemplateContext context)
    {
        ((RenderingContext)context).Charge(Work);
        return inner.EvaluateAsync(context);
    }

    protected override Expression Accept(AstVisitor visitor) => visitor.Visit(inner);
}
