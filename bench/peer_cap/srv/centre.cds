// The columns of inboundCalls that bench/cap.py asks for, with the types that the feed's $metadata gives them.
@path: '/odata'
@protocol: 'odata-v4'
service Centre {

  // Pages as long as the feed's own.
  @readonly
  @cds.query.limit: { default: 20000, max: 20000 }
  entity inboundCalls {
    key id                      : String;
    key step                    : Integer;
        user                    : String;
        exten                   : String;
        cli                     : String;
        dnis                    : String;
        startTime               : Timestamp;
        distributionTime        : Timestamp;
        answerByUserTime        : Timestamp;
        endTime                 : Timestamp;
        queueTime               : Timestamp;
        status                  : String;
        transferedTo_type       : String;
        transferedTo_value      : String;
        waitDurationOnUser      : Integer;
        durationOnUser          : Integer;
        waitDuration            : Integer;
        queueDuration           : Integer;
        totalDuration           : Integer;
        holdDuration            : Integer;
        service                 : String;
        customer                : String;
        servicePriority         : Integer;
        multiChannel_type       : String;
        callResult_resultLevel1 : String;
        callResult_resultLevel2 : String;
        contact_id              : String;
        contact_value           : String;
        contact_type            : String;
        lastUpdateTime          : Timestamp;
  }

  // The same rows in the pages that CAP has unless told.
  @readonly
  @cds.query.limit: { default: 1000, max: 1000 }
  entity shortPages as projection on inboundCalls;
}
