using TagSegments.Segments;
using TagSegments.ServiceDefaults;

return await ServiceHost.RunAsync(args, SegmentsApp.Build, typeof(SegmentsApp).Assembly);
